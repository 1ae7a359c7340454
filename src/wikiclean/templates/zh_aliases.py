"""
Other names of the templates of zh-Wikipedia, in both scripts.

Here live redirects, and templates that leave the same as another. What a template leaves is said in
``zh`` and ``core``. A name stands once: it belongs to one template. Names in English that other
wikis have, too, are in ``aliases``.

Source: pages of zh-Wikipedia, the documentation of its templates, and redirects as they are
remembered; a name that no page uses does no harm.
"""

from collections.abc import Mapping
from typing import Final

from wikiclean.templates.aliases import read_aliases

ALIASES: Final[Mapping[str, tuple[str, ...]]] = read_aliases(
    """
Lang = 語言 | 语言 | Llang
Jpn = Jp | 日語 | 日语 | Japanese name | Ja-name
Kor = Korean | 韓語 | 韩语 | 朝鲜语 | 朝鮮語 | Ko-name
Thai = 泰語 | 泰语
Nihongo = 日本語 | Nihongo2 | Nihongo3
Zh = Chinese | 中文
IPA = PIE | API | 國際音標 | 国际音标
IPAc-en = IPA-en-us
IPA link = IPAlink
IPA blink = IPAblink
Audio = 音频 | 音頻
標音 = 标音 | Pron-zh
連接號 = 连接号
間隔號 = 间隔号
Zy = 注音 | Bopomofo | Zhuyin
Ruby = Ruby-ja | Ruby-py | Ruby-zh-p | Ruby-zh-b | Rubi | 注音文字 | 振假名 | Furigana
Pinyin = 拼音 | Py | 汉语拼音 | 漢語拼音
En = En icon | 英文 | 英語 | 英语
Ja = 日文
Ko = 韓文 | 韩文
Fr = 法文
De = 德文
Ru = 俄文
Zh-cn = Zh-hans | Zh-sg | Zh-my | 简体中文 | 簡體中文
Zh-tw = Zh-hant | Zh-hk | Zh-mo | 繁體中文 | 繁体中文
Vgname = Video game name | Vgrelease name
Link-en = Le | LE
Link-ja = Lj | LJ
Link-ko = Lk
Link-fr = Lf
Link-de = Ld
Tsl = Translink | TSL | Tsl2
Ilh = Internal link helper | Link-interwiki | Link-interwiki/* | Liw | Interwiki link
Link-wd = Tslwd
Нп3 = Нп | Нп2 | Нп4 | Нп5 | Не переведено | Не переведено 3
Start date = 出生日期 | 出生日期和年齡 | 出生日期和年龄 | 出生日期及年齡 | Bya
Death date and age = 死亡日期和年齡 | 死亡日期和年龄
Updated = 截至 | 更新
化學式 = 化学式
Convert = 單位轉換 | 单位转换 | 换算 | 換算 | Conv
Cvt = Convert/abbr
Frac = 分數 | 分数
Coord = 坐標 | 坐标 | 座標
Nowrap = 不換行 | 不换行
Color = 顏色 | 颜色
Abbr = 縮寫 | 缩写
Tooltip = Tip | 提示
Code = 代碼 | 代码 | Var
Sub = 下標 | 下标
Sup = 上標 | 上标
Strong = 粗體 | 粗体
Em = 斜體 | 斜体
Underline = U | 底線 | 下划线
Strikethrough = S | 刪除線 | 删除线
Red = Blue | Green | Gray | Grey | Orange | Purple | Brown | Pink | White
黑幕 = Spoiler text | Heimu | Censored
Efn = 註解 | 注解
NoteTag = Notetag | NOTETAG | Notag | 注释 | 註釋 | 注 | 註 | NoteTag2
Rp = 頁碼 | 页码
Sfn = Cfn | Sfnref
Reflist = 參考列表 | 参考列表 | 參考資料 | 参考资料 | 參考文獻 | 参考文献
Notelist = 註解列表 | 注解列表
NoteFoot = Notefoot | NOTEFOOT | Note foot | 注释列表 | 註釋列表
Cite = 引用 | 引文
Fact = CN | 來源請求 | 来源请求 | 需要來源 | 需要来源
Clarify = 請澄清 | 请澄清 | 不明 | 誰 | 谁
Dead link = 死鏈 | 死链 | 死連結 | 404
Flag = Flag+link | Flagteam | Country | Flagcity | 旗 | 國旗 | 国旗 | Flagcountry2
Flaglink = Flagg
Flagicon = 旗幟 | 旗帜 | 國旗圖 | 国旗图
Fb = Fbw | Nft | Nwft | Fut | Bk | Bkw | Vb | Vbw | Ih
Cr = Crw
車站編號 = 车站编号 | Station code | 車站編碼 | 站號
韓國都市鐵道 = 韩国都市铁道
韓國鐵道路線色 = 韩国铁道路线色 | LUL colour | Rcr | 路線色 | 路线色 | TRA color
單雙書名號轉換 = 单双书名号转换 | 書名號轉換 | 书名号转换 | 單書名號轉換 | 单书名号转换
引號轉換 = 引号转换 | 引書號轉換 | 引书号转换
地区用词2 = 地區用詞2 | 地区用词 | 地區用詞 | 地区用词3 | 地區用詞3
NoteTA = NoteTA-lite | NoteTa | NOTETA | NoteTA/* | Noteta | NoteTA1 | 字詞轉換 | 字词转换 |
    標題替換 | 标题替换 | TA | 公共轉換組 | 公共转换组 | CGroup | 全文转换 | 全文轉換 |
    TfL Translations
N/A = NA | 不適用 | 不适用 | N/a
Nom = Nominated | 提名
Won = 獲獎 | 获奖
Yes = 是
No = 否
TBA = Tba | TBD | Tbd | 待定
Version = 版本
Wayback = Webarchive | WebArchive | Web archive | WayBack | Webcite | 网页存档 | 網頁存檔
Official website = Official | Official site | 官方網站 | 官方网站 | 官網 | 官网 | Official URL
Twitter = 推特 | TwitterID
Instagram = Ig
Facebook page = Facebook | 臉書 | Fb page
YouTube = Youtube
YouTube channel = YouTube user | Youtube channel
Weibo = Sina Weibo | Sinaweibo | 新浪微博 | 微博
Imdb = IMDb name | IMDB name | Imdb name | IMDB
Imdb title = IMDb title | IMDB title | Imdb-title
S-start = Start | Start box | Succession box begin
S-bef = S-before
S-ttl = S-title
S-aft = S-after
S-end = End box | Succession box end
Awards table = Awards table2 | Awards table3 | Awards table4 | Awards table5
S-vac = S-vacant
Footballbox = Football box
Curlie = Dmoz | DMOZ | Dmoz2
Commons category-inline = Commons-inline | Commonscat-inline | Commonscatinline
Quote = 引文框 | 引言 | 引用文
HideH = Hideh | Hidden begin | Hidden top | 折叠开始 | 摺疊開始 | HideHeader
HideF = Hidef | Hidden end | Hidden bottom | 折叠结束 | 摺疊結束 | HideFooter
Familytree = 家系圖 | 家系图
Tracklist = Track listing | Tracklisting | 曲目列表
Album ratings = Album reviews | 專輯評分 | 专辑评分
Gallery = Vertical images list
MathWorld = Mathworld
Video game reviews = VG Reviews | VG reviews
Multiple image = 多圖 | 多图
Columns-list = 分栏列表 | 分欄列表
Col-begin = 分栏 | 分欄
Plainlist = 平铺列表 | 平鋪列表
Hlist = 橫列表 | 横列表 | Flat list
Ubl = 無項目列表 | 无项目列表
Ordered list = Ol | 有序列表
Main = Seemain | 主條目 | 主条目 | 主 | Hauptartikel
See also = 參見 | 参见 | 參看 | 参看 | 另見 | 另见
Details = 更多 | 詳情 | 详情
Other uses list = Otheruseslist | OtherusesList
About = 关于 | 關於
For = For2
Otheruses = 他用 | Other uses | OtherUses | 其他用法 | Otheruse | Otheruses4 | Otherusesof |
    Other use
Redirect = 重定向 | 重新導向 | Redir | Redirects | Redirect2 | Redirect-distinguish
Distinguish = Not | NOT | 混淆 | 不是 | Distinguished | Distinguish2 | Confused | Confuse | 不要混淆
Hatnote = 頂注 | 顶注 | Italic dab
藝人 = 艺人 | 藝人2 | 軍艦模板 | 军舰模板 | 中文譯名 | 中文译名 | 世大運獎牌記錄 |
    東亞男性歷史人物 | 东亚男性历史人物 | Japanese | Automatic Taxobox | 地震模板 | 生物分類框 |
    生物分类框 | 無綫劇集 | 無線劇集 | 日本車站資訊 | 日本町村 | 電視節目資訊框 | 電視節目信息框 |
    电视节目信息框 | 電視節目的變遷 | 电视节目的变迁 | 姓氏 | Subspeciesbox | Hybridbox
Anchor = 錨點 | 锚点
Clear = 浮动清除 | 清除浮動 | 清除浮动 | Br | 目錄 | 目录
Multiple issues = 多個問題 | 多个问题 | 來源 | 来源 | 擴充 | 扩充 | 清理 | 維基化 | 维基化 |
    關注度 | 关注度 | 中立 | 原創研究 | 原创研究 | OR | 更新模板 | 廣告 | 广告 | 地域中心 | 孤立 |
    翻譯 | 翻译 | 粗劣翻譯 | 粗劣翻译 | 新聞動態 | 合併 | 合并 | 拆分
Stub = 小作品 | 小小作品 | 消歧義 | 消歧义
Authority control = 規範控制 | 规范控制 | 主题 | 主題 | 優良條目 | 优良条目 | 典范条目 | 典範條目 |
    斜體標題 | 斜体标题 | 小写标题 | 小寫標題 | Incubator
"""
)
"""Other names by the name a template goes by in the tables of handlers."""
