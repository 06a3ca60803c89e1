"""Article pages as the templates of portal software print them, written by hand after the software's markup."""

from __future__ import annotations

MENU = '<nav><ul><li><a href="/">Trang chủ</a></li><li><a href="/tin-tuc">Tin tức</a></li></ul></nav>'
FOOT = "<footer><p>Giấy phép số 12/GP-TTĐT ngày 05/06/2014</p><p>Ghi rõ nguồn khi phát hành lại</p></footer>"
BODY = (
    "<p>Sáng 5/3, Ủy ban nhân dân xã tổ chức hội nghị triển khai nhiệm vụ năm 2021 với 120 đại biểu.</p>"
    '<p><img src="/anh/1.jpg" alt="Hội nghị"></p><p style="text-align:center"><em>Quang cảnh hội nghị</em></p>'
    "<table><tr><td>Thôn</td><td>Số hộ</td></tr><tr><td>Đông</td><td>12</td></tr></table>"
    '<p>Xem <a href="/tep/ke-hoach.pdf">kế hoạch</a>.</p><p style="text-align:right"><strong>Thành Nguyên</strong></p>'
)
TEXT = (
    "Sáng 5/3, Ủy ban nhân dân xã tổ chức hội nghị triển khai nhiệm vụ năm 2021 với 120 đại biểu.\n\n"
    "Quang cảnh hội nghị\n\nThôn\tSố hộ\nĐông\t12\n\nXem kế hoạch.\n\nThành Nguyên"
)
TITLE = "Hội nghị triển khai nhiệm vụ"
LEAD = "Xã đặt mục tiêu hoàn thành mười bốn tiêu chí nông thôn mới trong năm nay."


def _page(head: str, body: str, attributes: str = "") -> str:
    return f"<html><head><title>{TITLE}</title>{head}</head><body {attributes}>{MENU}{body}{FOOT}</body></html>"


PAGES = {
    "nukeviet": ("/vi/news/tin-xa/hoi-nghi-191.html", "news:191", LEAD, _page(
        '<meta name="generator" content="NukeViet v4.5">',
        f'<div class="news_column panel"><div class="panel-body"><h1 class="title" itemprop="headline">{TITLE}</h1>'
        '<div class="hidden" itemprop="author"><span itemprop="name">qtv1</span></div>'
        '<span class="hidden" itemprop="datePublished">2021-03-05T08:30:00+07:00</span><span class="h5">Thứ sáu - 05/03/2021 08:30'
        f'</span><div class="hometext">{LEAD}</div><div id="news-bodyhtml" class="bodytext">{BODY}</div>'
        '<div class="alert alert-info">Chú ý: Việc đăng lại bài viết</div></div></div><div class="news_column">'
        '<ul><li><a href="/vi/news/tin-xa/khac-190.html">Tin khác</a> 04/03/2021</li></ul></div>')),
    "wordpress": ("/2021/03/hoi-nghi/", "post:47", None, _page(
        '<meta name="generator" content="WordPress 6.1"><link rel="shortlink" href="https://xa.example/?p=47">',
        f'<article id="post-47" class="post-47 post"><header class="entry-header"><h1 class="entry-title">{TITLE}</h1>'
        '<span class="posted-on"><time class="entry-date published" datetime="2021-03-05T08:30:00+07:00">5 Tháng Ba, 2021'
        '</time></span><span class="byline">bởi <a href="/author/admin">admin</a></span></header>'
        f'<div class="entry-content">{BODY}<div class="sharedaddy">Chia sẻ</div></div></article>'
        '<div id="comments"><h2>Trả lời</h2><p>Email của bạn sẽ không được hiển thị công khai.</p></div>',
        'class="single postid-47"')),
    "joomla": ("/tin-tuc/47-hoi-nghi.html", "article:47", None, _page(
        '<meta name="generator" content="Joomla! - Open Source Content Management">',
        f'<div class="com-content-article item-page"><div class="page-header"><h1 itemprop="headline">{TITLE}</h1></div>'
        '<dl class="article-info"><dd class="category-name"><a href="/tin-tuc">Tin tức</a></dd><dd class="published">'
        '<time datetime="2021-03-05T08:30:00+07:00" itemprop="datePublished">Được đăng: 05 Tháng 3 2021</time></dd></dl>'
        f'<div itemprop="articleBody" class="com-content-article__body">{BODY}</div><ul class="pager"><li>Trước</li></ul></div>')),
    "joomla-k2": ("/tin-tuc/item/47-hoi-nghi", "article:47", LEAD, _page(
        '<meta name="generator" content="Joomla! 1.5">',
        '<div id="k2Container" class="itemView"><div class="itemHeader"><span class="itemDateCreated">Thứ sáu, 05/03/2021 08:30</span>'
        f'<h2 class="itemTitle">{TITLE}</h2><span class="itemAuthor">Viết bởi <a href="#">Super User</a></span></div>'
        f'<div class="itemBody"><div class="itemIntroText">{LEAD}</div><div class="itemFullText">{BODY}</div></div>'
        '<div class="itemRelated"><h3>Bài viết liên quan</h3></div></div>')),
    "drupal": ("/hoi-nghi", "node:47", None, _page(
        '<meta name="Generator" content="Drupal 9 (https://www.drupal.org)">',
        f'<h1 class="page-title"><span>{TITLE}</span></h1><article data-history-node-id="47" class="node node--type-article '
        'node--view-mode-full"><footer class="node__meta"><div class="node__submitted">Được gửi bởi admin vào '
        '<time datetime="2021-03-05T08:30:00+07:00">05/03/2021</time></div></footer><div class="node__content">'
        f'<div class="field field--name-body">{BODY}</div></div></article>')),
    "dnn": ("/tin-tuc/articleType/ArticleView/articleId/47/hoi-nghi", "article:47", LEAD, _page(
        '<meta name="GENERATOR" content="DotNetNuke ">',
        f'<div id="dnn_ctr471_ModuleContent"><div class="article"><div class="articleHeadline"><h1><a href="#">{TITLE}</a></h1></div>'
        f'<div class="articleDate">05/03/2021 08:30</div><div class="articleSummary">{LEAD}</div><div class="articleEntry">{BODY}</div>'
        '<div class="articleRelated"><ul><li><a href="/tin-tuc/articleId/46/x">Tin khác</a></li></ul></div></div></div>')),
    "sharepoint": ("/Trang/ChiTietTinTuc.aspx?nid=47", "chitiettintuc.aspx:47", LEAD, _page(
        '<meta name="GENERATOR" content="Microsoft SharePoint"><script>var _spPageContextInfo = {};</script>',
        "<div>To navigate through the Ribbon, use standard browser navigation keys</div><div id=\"s4-workspace\">"
        f'<div id="s4-bodyContainer"><h1 class="title">{TITLE}</h1><div class="news-date">05/03/2021 08:30</div>'
        f'<div class="sapo">{LEAD}</div><div class="ms-rtestate-field">{BODY}</div></div></div>')),
    "articlecontent": ("/tin/hoi-nghi-4711", "url:/tin/hoi-nghi-4711", LEAD, _page(
        "",
        f'<div class="ArticleHeader">{TITLE}</div><div class="ArticleDate">Ngày đăng: 05/03/2021 08:30</div>'
        f'<div class="ArticleSummary">{LEAD}</div><div class="ArticleContent">{BODY}</div><div>Tin liên quan</div>')),
    "vccorp": ("/hoi-nghi-102210305083012345.htm", "news:102210305083012345", LEAD, _page(
        "",
        f'<h1 class="detail-title" data-role="title">{TITLE}</h1><div class="detail-time" data-role="publishdate">05/03/2021 08:30</div>'
        f'<h2 class="detail-sapo" data-role="sapo">{LEAD}</h2><div class="detail-content" data-role="content">{BODY}</div>'
        '<div class="zone--related"><h3>Tin liên quan</h3></div>')),
}  # fmt: skip
"""Address, key, summary and markup by family (what follows a hyphen tells templates of one family apart)."""
