"""Pages as Liferay 6.2 and 7.x print them, written from the software's own templates."""

# ruff: noqa: E501  # markup and sentences stay on the lines that they have

from __future__ import annotations

SEED_TITLE = "Hội nghị tổng kết công tác Tuyên giáo, Tổ chức, Ủy ban Kiểm tra năm 2020"
SEED = (
    "Ban Tuyên giáo, Ban Tổ chức, Ủy ban Kiểm tra Thành ủy Cao Lãnh vừa phối hợp tổ chức Hội nghị tổng kết hoạt động "
    "năm 2020 và triển khai phương hướng, nhiệm vụ năm 2021. Đồng chí Phan Văn Thương, Tỉnh ủy viên, Bí thư Thành ủy, "
    "Chủ tịch Hội đồng nhân dân Thành phố tham dự Hội nghị.",
    "Công tác Tuyên giáo thành phố năm qua đã bám sát định hướng của cấp trên, góp phần tích cực vào sự ổn định tư "
    "tưởng cán bộ, đảng viên và Nhân dân.",
    "Năm 2020, Ban Tổ chức Thành ủy chủ động tham mưu Ban Thường vụ Thành ủy chỉ đạo Đại hội Chi bộ, Đảng bộ cấp cơ "
    "sở, thẩm định nhân sự, văn kiện, tổ chức thành công Đại hội.",
    "Tại hội nghị, nhiều đại biểu đóng góp những nội dung liên quan về nâng cao chất lượng công tác kiểm tra, giám "
    "sát để tạo chuyển biến trong cán bộ, đảng viên…",
    "Đồng chí Phan Văn Thương yêu cầu các Ban tiếp tục duy trì và phát triển những mô hình mới, cách làm hiệu quả.",
    "Thành Nguyên",
)

BACK = '<span class="taglib-text hide-accessible">null</span>'


def paragraphs(lines: tuple[str, ...]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def frame(content: str, page_title: str = "Chi tiết bài viết - Thành phố Cao Lãnh") -> str:
    """A page of the portal around a portlet, with a menu, a sidebar's web content and a footer."""
    return f"""<!DOCTYPE html><html lang="vi-VN"><head><title>{page_title}</title>
<script>var Liferay = Liferay || {{}}; Liferay.ThemeDisplay = {{}};</script></head><body class="yui3-skin-sam">
<nav><ul><li><a href="/trang-chu">Trang chủ</a></li><li><a href="/tin-tuc">Tin tức</a></li></ul></nav>
<span class="clock">Thứ Sáu, 11/12/2020 10:55</span>
{content}
<div class="portlet-boundary portlet-boundary_56_" id="p_p_id_56_INSTANCE_side_"><div class="portlet-body">
<div class="journal-content-article"><p>Đường dây nóng: 0277 3851 000</p></div></div></div>
<footer>Giấy phép số 12/GP-TTĐT ngày 01/02/2010. (tự động cập nhật vào lúc 12:00:00 02/08/2024)</footer>
</body></html>"""


def liferay62(body: str, title: str = SEED_TITLE, *, shown: bool = True, bar: str = "", **options: str) -> str:
    """The asset publisher of 6.2, full content: the title stands outside the asset."""
    header = (
        f'<div class="taglib-header"><span class="header-back-to"><a class="icon-circle-arrow-left previous-level" '
        f'href="/tin-tuc" id="_101_INSTANCE_q_TabsBack" title="Quay lại">{BACK}</a></span>'
        f'<h3 class="header-title"><span> {title} </span></h3></div>'
        if shown
        else ""
    )
    return frame(
        f"""<div class="portlet-boundary portlet-boundary_101_" id="p_p_id_101_INSTANCE_q_"><section class="portlet">
<header class="portlet-topper"><h1 class="portlet-title"><span class="portlet-title-text">Xuất bản thông tin</span></h1></header>
<div class="portlet-content"><div class="portlet-body">{header}
<div class="asset-full-content default-asset-publisher {"show-asset-title" if shown else "no-title"}">
<div class="asset-user-actions"><div class="print-action"><a href="javascript:print()"><span class="taglib-text">In</span></a></div></div>
{bar}
<div class="asset-content" id="_101_INSTANCE_q_15859178"><div class="journal-content-article">{body}</div>
<div class="asset-links"><h2 class="asset-links-title">Các tài sản liên quan</h2><ul><li><a href="/x">Tin khác</a></li></ul></div>
<div class="asset-flag"><a href="#">Report Inappropriate Nội dung</a></div>
<div class="taglib-social-bookmarks"><ul><li>Tweet</li></ul></div>
<div class="asset-ratings"><div>Đánh giá của bạn</div><div>Trung bình (0 Phiếu bầu)</div></div>
<div class="taglib-discussion"><p>Thêm bình luận</p></div></div>
</div></div></div></section></div>""",
        **options,
    )


def liferay7(body: str, title: str = SEED_TITLE, *, shown: bool = True, bar: str = "", **options: str) -> str:
    """The asset publisher of 7.x, full content: the title stands inside, after a back arrow without a message."""
    header = (
        f'<h4 class="component-title"><a class="header-back-to" href="/tin-tuc"><svg class="lexicon-icon"><title>angle-left'
        f'</title></svg>{BACK}</a><span class="asset-title d-inline">{title}</span></h4>'
        if shown
        else ""
    )
    return frame(
        f"""<div class="portlet-boundary portlet-boundary_com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_">
<section class="portlet"><h2 class="portlet-title-text">Xuất bản thông tin</h2><div class="portlet-body">
<div class="asset-full-content clearfix {"show-asset-title" if shown else "no-title"}">{header}{bar}
<span class="asset-anchor lfr-asset-anchor" id="15859178"></span>
<div class="asset-content mb-3"><div class="journal-content-article" data-analytics-asset-id="77"
 data-analytics-asset-title="{title}" data-analytics-asset-type="web-content">{body}</div></div>
<div class="asset-categories">Chuyên mục: <a href="/c">Xây dựng Đảng</a></div>
<div class="asset-details"><div class="print-action">In</div><div class="asset-ratings">Thích</div></div>
</div></div></section></div>""",
        **options,
    )
