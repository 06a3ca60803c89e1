"""A real WordPress, from Debian's packages: its own MariaDB, PHP's web server, and posts of the sample's articles."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

SOURCE = Path("/usr/share/wordpress")
_CONFIG = """<?php
define('DB_NAME', 'wp'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_HOME', '{url}'); define('WP_SITEURL', '{url}');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) {{ define('ABSPATH', __DIR__ . '/'); }}
require_once ABSPATH . 'wp-settings.php';
"""
_ROUTER = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && is_file(__DIR__ . $path)) { return false; }
require __DIR__ . '/index.php';
"""
_FILL = """<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '127.0.0.1';
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Cổng thông tin điện tử xã', 'quantri', 'a@example.org', true, '', 'x');
switch_theme($argv[1]);
update_option('timezone_string', 'Asia/Ho_Chi_Minh');
update_option('permalink_structure', '/%year%/%monthnum%/%postname%/');
update_option('posts_per_page', 8);
wp_delete_post(1, true);
wp_set_current_user(1);
kses_remove_filters();
$categories = [];
foreach (json_decode(file_get_contents('php://stdin'), true) as $post) {
  $ids = [];
  foreach ($post['categories'] as $name) {
    $categories[$name] = $categories[$name] ?? wp_insert_term($name, 'category')['term_id'];
    $ids[] = $categories[$name];
  }
  $id = wp_insert_post(wp_slash(['post_status' => 'publish', 'post_title' => $post['title'],
    'post_content' => $post['content'], 'post_date' => $post['date'], 'post_category' => $ids,
    'post_password' => $post['password'] ?? '', 'tags_input' => $post['tags'] ?? []]), true);
  if (is_wp_error($id)) { fwrite(STDERR, $id->get_error_message()); exit(1); }
  if (!empty($post['sticky'])) { stick_post($id); }
  echo json_encode(['id' => $id, 'url' => get_permalink($id)]), "\\n";
}
wp_insert_post(['post_type' => 'page', 'post_status' => 'publish', 'post_title' => 'Giới thiệu',
  'post_content' => '<p>Xã có bảy ấp.</p>']);
flush_rewrite_rules();
"""


@contextmanager
def wordpress(posts: Sequence[dict[str, object]], theme: str) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Serve a new installation in a theme with these posts; gives its address, and number and address of each post."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wp")))
        url = f"http://127.0.0.1:{_free_port()}"
        _database(stack, folder)
        site = folder / "site"
        shutil.copytree(SOURCE, site, ignore_dangling_symlinks=True)
        (site / "wp-config.php").unlink(missing_ok=True)
        (site / "wp-config.php").write_text(_CONFIG.format(socket=folder / "s", url=url), encoding="utf-8")
        (site / "router.php").write_text(_ROUTER, encoding="utf-8")
        (site / "fill.php").write_text(_FILL, encoding="utf-8")
        filled = subprocess.run(
            ["php", "-d", "display_errors=stderr", "fill.php", theme], cwd=site, input=json.dumps(posts),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert filled.returncode == 0, filled.stderr[-2000:] + filled.stdout[-2000:]
        (site / "fill.php").unlink()
        made = [json.loads(line) for line in filled.stdout.splitlines() if line.startswith('{"id"')]
        server = ["php", "-S", url.removeprefix("http://"), "-t", str(site), str(site / "router.php")]
        _start(stack, server, cwd=site)
        _until(lambda: _answers(url))
        yield url, made


def _database(stack: ExitStack, folder: Path) -> None:
    data, where = folder / "db", folder / "s"
    common = ["--no-defaults", "--user=root", f"--datadir={data}"]
    made = subprocess.run(
        ["mariadb-install-db", *common, "--skip-test-db", "--auth-root-authentication-method=normal"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    quick = ["--skip-networking", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M"]
    _start(stack, ["mariadbd", *common, f"--socket={where}", f"--pid-file={folder / 'pid'}", *quick])
    client = ["mariadb", "--no-defaults", f"--socket={where}", "-uroot", "-e", "CREATE DATABASE wp CHARSET utf8mb4"]
    _until(lambda: subprocess.run(client, capture_output=True, check=False).returncode == 0)


def _start(stack: ExitStack, command: list[str], cwd: Path | None = None) -> None:
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _until(ready: object) -> None:
    for _ in range(150):
        if ready():  # type: ignore[operator]
            return
        time.sleep(0.2)
    raise AssertionError("the server did not start")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
