"""Tables of labels: what a corpus teaches, what a table decides, and files that are none."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import attrs
import labels as labels_benchmark
import pytest
from case_files import FIXTURES, Case, read_cases
from hypothesis import given
from hypothesis import strategies as st
from test_laws import check, noise

import wikiclean
from wikiclean import cli, records
from wikiclean.document import Link
from wikiclean.errors import InputError, SchemaError
from wikiclean.labels import Learner, Lesson, learn, lesson
from wikiclean.passes import DEFAULT, LABELS, apply
from wikiclean.passes.label_table import FORMAT, VERSION, LabelTable, key_of
from wikiclean.passes.link_trail import recover_label
from wikiclean.passes.options import Labels, Options
from wikiclean.run import Options as RunOptions
from wikiclean.run import run
from wikiclean.site import Site, fold

CORPUS = FIXTURES / "labels" / "corpus.jsonl"
CASES = read_cases(FIXTURES / "labels" / "links.txt")


@pytest.fixture(scope="module")
def table() -> LabelTable:
    """Return what the corpus of the fixtures teaches."""
    return learn([CORPUS]).table


# ---------------------------------------------------------------- what a corpus teaches


def test_what_the_corpus_teaches(table: LabelTable) -> None:
    """
    Labels of wikitext and redirects are known, those of the export only if their ends are certain.

    Fragments do not part targets; a page counts once, and so does a page with two versions. The
    title is kept only where a longer label begins with it. Files, categories and external links
    have no label that is learned; notes are read too.
    """
    learned = json.loads(table.to_bytes())
    assert learned == {
        "format": "wikiclean labels",
        "version": 1,
        "pages": 9,
        "labels": {
            fold("推理小說"): {fold("偵探小說"): 3},
            fold("東方Project"): {fold("東方Project"): 5, fold("東方Project系列"): 1},
            fold("中國共產黨"): {"中共": 3, "中共中央": 1},
            fold("神奇寶貝"): {fold("神奇寶貝"): 1, fold("神奇寶貝系列"): 1},
            fold("耽美"): {"bl": 1},
            fold("山景城 (加利福尼亞州)"): {"加州山景城": 1},
            fold("哈德遜灣公司"): {fold("哈德遜灣"): 1},
            "en:hudson's bay company": {fold("海灣"): 1},
            fold("安理會決議"): {fold("安理會第"): 1},
            "雪山": {"富士": 1},
            fold("猶太會堂"): {fold("猶太教堂"): 1},
        },
        "exported": {
            fold("周至縣"): {"盩厔": 1},
            "唐武宗": {"武宗的": 2},
            fold("原子彈"): {fold("核試驗"): 2},
        },
    }


def test_both_scripts_are_one_label() -> None:
    """Simplified and traditional titles and labels compare as the rules compare them."""
    assert key_of("山景城_(加利福尼亚州)") == key_of("山景城 (加利福尼亞州)")
    assert key_of("Foo", "en") == "en:foo"


def test_min_pages(table: LabelTable) -> None:
    """Labels of fewer pages are left out, and the title that no longer label begins with."""
    learned = learn([CORPUS], min_pages=2).table
    assert table.labels(key_of("東方Project")) != {}
    assert json.loads(learned.to_bytes())["labels"] == {
        fold("推理小說"): {fold("偵探小說"): 3},
        fold("中國共產黨"): {"中共": 3},
    }


def test_the_rarest_are_forgotten() -> None:
    """No more labels are kept than asked for; of equally rare ones all or none."""
    pages = [
        Lesson("", [("甲", "乙"), ("甲", "丙")], []),
        Lesson("", [("甲", "乙"), ("丁", "戊")], [("己", "庚")]),
        Lesson("", [("甲", "乙"), ("甲", "丙")], [("己", "庚")]),
    ]
    kept = []
    for most in (1, 2, 3, 4):
        learner = Learner(most)
        for page in pages:
            learner.add(page)
        kept.append(learner.table())
    assert [len(one) for one in kept] == [1, 1, 3, 4]
    assert kept[0].labels("甲") == {"乙": 3}
    assert kept[2].exported("己") == {"庚": 2}


@pytest.mark.parametrize(("min_pages", "most"), [(0, 1), (1, 0)])
def test_wrong_numbers(min_pages: int, most: int) -> None:
    """A number below 1 is a mistake."""
    with pytest.raises(ValueError, match="at least 1"):
        learn([CORPUS], min_pages=min_pages, most=most)


def test_a_long_label_is_no_label() -> None:
    """What is longer than a title can be is not learned."""
    source = f"[[甲|{'乙' * 256}]][[{'丙' * 256}|丁]][[甲|{'乙' * 255}]]"
    learned = lesson(wikiclean.parse(source, dialect="wikitext"))
    assert learned.labels == [("甲", "乙" * 255)]


def test_any_input_teaches_the_same(tmp_path: Path, table: LabelTable) -> None:
    """A folder of pages and several processes give the table that lines of JSON give."""
    for number, line in enumerate(CORPUS.read_text(encoding="utf-8").splitlines()):
        page = json.loads(line)
        suffix = ".wikitext" if page["dialect"] == "wikitext" else ".md"
        # An export says its title in its first bold words.
        bold = f"**{page['title']}**" if suffix == ".md" else ""
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / f"{page['title']}{suffix}").write_text(bold + page["text"], encoding="utf-8")
    assert learn([tmp_path]).table.to_bytes() == table.to_bytes()
    assert learn([CORPUS], processes=2).table.to_bytes() == table.to_bytes()


# ---------------------------------------------------------------- what a table decides


def said(document: wikiclean.Document) -> list[str]:
    """Return for each link its label, what it swallowed, and how certain that is."""
    found = []
    for link in document.walk():
        if isinstance(link, Link):
            exported = link.label_exported
            label = exported[: len(exported) - len(link.overflow)]
            found.append(f"{label}+{link.overflow} {link.certainty}")
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_links(case: Case, table: LabelTable) -> None:
    """Each case says what is found without the table and with it; the text is the same."""
    _, source, text, facts = case
    for word, given_table in (("without", None), ("with", table)):
        document = wikiclean.parse(source, dialect="export", labels_from=given_table)
        assert document.text == text
        assert said(document) == [
            fact.partition(": ")[2] for fact in facts if fact.startswith(f"{word}: ")
        ]


def test_certain_cuts_are_applied(table: LabelTable) -> None:
    """What the table makes certain is cut unasked, and the diagnostic says so."""
    source = '[侦探小说迷](../Page/推理小說.md "wikilink")'
    document = wikiclean.parse(source, labels_from=table)
    assert [link.label for link in document.links] == ["侦探小说"]
    (report,) = [d for d in document.diagnostics if d.code == "label_overflow"]
    assert (report.dropped, report.replacement, report.certainty) == (
        "侦探小说迷",
        "侦探小说",
        "certain",
    )
    left = wikiclean.parse(source, labels_from=table, labels="none")
    assert [(link.label, link.overflow) for link in left.links] == [("侦探小说迷", "迷")]


def test_wikitext_asks_no_table(table: LabelTable) -> None:
    """Labels of wikitext are as their author wrote them, whatever is known of them."""
    source = "[[推理小說|偵探小說迷]]"
    assert wikiclean.parse(source, dialect="wikitext", labels_from=table) == wikiclean.parse(
        source, dialect="wikitext"
    )


NAMES = ("美國", "美國和", "中共", "中共中央", "C", "ab", "A1", "中", "国和", "한국은")
words = st.sampled_from(NAMES) | st.text("美國和的中国abA1é·한국은あい", min_size=1, max_size=5)
counts = st.dictionaries(
    words.map(fold), st.dictionaries(words.map(fold), st.integers(1, 9), max_size=5), max_size=5
)
tables = st.builds(LabelTable, counts, counts)
links = st.tuples(words, words, st.sampled_from(["", "，", "a", "\n\n"])).map(
    lambda link: f'[{link[0]}](../Page/{link[1]}.md "wikilink"){link[2]}'
)


@given(words, words, tables)
def test_boundary(exported: str, target: str, table: LabelTable) -> None:
    """Whatever the table says, the end lies in the label, and only letters follow (I1, I2)."""
    boundary = recover_label(exported, target, table=table)
    assert 0 < boundary.length <= len(exported)
    overflow = exported[boundary.length :]
    assert overflow == "" or overflow.isalpha()


@given(st.lists(links | noise, max_size=8).map("".join), tables, st.sampled_from(LABELS))
def test_laws(source: str, table: LabelTable, labels: Labels) -> None:
    """With any table the laws hold, a second pass changes nothing, and the text is the same."""
    document = wikiclean.parse(source, dialect="export", labels=labels, labels_from=table)
    check(document)
    assert document.text == wikiclean.parse(source, dialect="export").text
    assert apply(document, DEFAULT, Options(Site.load("zhwiki"), labels, table)) == document


@given(tables)
def test_round_trip(table: LabelTable) -> None:
    """A table is read back as it was written, and pickled whole."""
    data = table.to_bytes()
    assert LabelTable.from_bytes(data).to_bytes() == data
    assert pickle.loads(pickle.dumps(table)).to_bytes() == data  # noqa: S301 - our own


def test_what_a_table_is_worth(data_dir: Path) -> None:
    """
    Read with a table from the other pages, more swallowed labels are right, and all certain ones.

    ``benchmarks/labels.py --learned`` prints the table.
    """
    samples = labels_benchmark.glued(data_dir)
    pages, _ = labels_benchmark.lessons(data_dir)
    right: dict[str, list[bool]] = {"before": [], "overflow": [], "clean": [], "certain": []}
    for trial in labels_benchmark.trials(samples):
        if trial.kind == "piped overflow":
            right["before"].append(trial.label == trial.truth)
    for trial in labels_benchmark.trials(samples, labels_benchmark.from_others(pages)):
        correct = trial.label == trial.truth
        if trial.kind.startswith("piped"):
            right[trial.kind.removeprefix("piped ")].append(correct)
        if (trial.rule, trial.certainty) == ("known", "certain"):
            right["certain"].append(correct)
    share = {name: sum(found) / len(found) for name, found in right.items()}
    assert len(right["certain"]) > 300
    assert share["certain"] >= 0.995
    assert share["overflow"] >= share["before"] + 0.08
    assert share["clean"] >= 0.8


# ---------------------------------------------------------------- files


@pytest.fixture
def file(tmp_path: Path, table: LabelTable) -> Path:
    """Return a file of the table."""
    path = tmp_path / "labels.json"
    path.write_bytes(table.to_bytes())
    return path


SOUND = {"format": FORMAT, "version": VERSION, "pages": 1, "labels": {}, "exported": {}}
BROKEN = {
    "no JSON": "{",
    "not UTF-8": "\udcff",
    "too deep": "[" * 100_000,
    "no object": "[]",
    "of something else": '{"format": "wikiclean run"}',
    "of another version": json.dumps(SOUND | {"version": 2}),
    "without labels": json.dumps({k: v for k, v in SOUND.items() if k != "labels"}),
    "labels that are a list": json.dumps(SOUND | {"exported": ["甲"]}),
    "a target without labels": json.dumps(SOUND | {"labels": {"甲": 3}}),
    "a label without a count": json.dumps(SOUND | {"labels": {"甲": {"乙": "丙"}}}),
    "a count that is none": json.dumps(SOUND | {"labels": {"甲": {"乙": 0}}}),
    "a truth for a count": json.dumps(SOUND | {"labels": {"甲": {"乙": True}}}),
    "no number of pages": json.dumps(SOUND | {"pages": None}),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file(content: str, tmp_path: Path) -> None:
    """What is no table is one error, which names the file and what to do."""
    path = tmp_path / "labels.json"
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(SchemaError, match=r"labels\.json is (no table|a table) of labels"):
        wikiclean.parse("甲", labels_from=path)
    with pytest.raises(SchemaError):
        next(wikiclean.pipe(["甲"], labels_from=path))


@pytest.mark.parametrize("name", ["missing.json", ".", "a\0b"])
def test_a_file_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    """A missing file, a folder and an impossible name are one error each."""
    with pytest.raises(InputError, match="cannot read"):
        wikiclean.parse("甲", labels_from=tmp_path / name)


def test_a_changed_file_is_read_again(file: Path) -> None:
    """A file is remembered only as long as it is the same."""
    assert len(LabelTable.load(file)) == len(LabelTable.load(str(file)))
    file.write_text(json.dumps(SOUND), encoding="utf-8")
    assert len(LabelTable.load(file)) == 0


# ---------------------------------------------------------------- ways to it


SOURCE = '[侦探小说迷](../Page/推理小說.md "wikilink")。'


def test_pipe(file: Path, table: LabelTable) -> None:
    """Several processes read with a table, or with its file."""
    for given_table in (file, str(file), table):
        (document,) = wikiclean.pipe([SOURCE], labels_from=given_table, processes=2)
        assert document.links[0].label == "侦探小说"


def test_parse_batch(file: Path) -> None:
    """A batch of rows is read with a table."""
    batch = records.pa.RecordBatch.from_pydict({"text": [SOURCE]})
    rows = records.parse_batch(batch, labels_from=file).to_pylist()
    assert rows[0]["links"][0]["label"] == "侦探小说"


def test_partitions(file: Path, table: LabelTable) -> None:
    """The engines' option takes the name of a file, or a table."""
    from wikiclean.partitions import Job, parse  # noqa: PLC0415 - beside what it is asked for

    batch = records.pa.RecordBatch.from_pydict({"source": [SOURCE]})
    for given_table in (str(file), table):
        job = pickle.loads(pickle.dumps(Job.of({"labels_from": given_table})))  # noqa: S301
        (rows,) = parse(batch, job)
        assert rows.to_pylist()[0]["links"][0]["label"] == "侦探小说"


def test_a_run_knows_its_table(tmp_path: Path, table: LabelTable) -> None:
    """The manifest has the table's digest, and a run goes on with the same table only."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "甲.md").write_text(SOURCE, encoding="utf-8")
    out = tmp_path / "out"
    options = RunOptions(labels_from=table)
    assert run([pages], out, options, processes=2).rows == 1
    shard = next(out.glob("*.jsonl")).read_text(encoding="utf-8")
    assert json.loads(shard)["links"][0]["label"] == "侦探小说"
    manifest = json.loads((out / "manifest.json").read_bytes())
    digest = manifest["options"]["labels_from"]
    assert len(digest) == 64
    assert run([pages], out, attrs.evolve(options, labels_from=reread(table))).rows == 1
    for other in (None, LabelTable({}, {})):
        with pytest.raises(InputError, match="other options"):
            run([pages], out, attrs.evolve(options, labels_from=other))


def reread(table: LabelTable) -> LabelTable:
    """Return the table as its file has it."""
    return LabelTable.from_bytes(table.to_bytes())


# ---------------------------------------------------------------- command line


class Said(NamedTuple):
    """What a call of the command line gave."""

    code: int
    out: str
    err: str


Call = Callable[..., Said]


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    """Return a function that calls the command line."""

    def run_words(*words: object) -> Said:
        code = cli.main([str(word) for word in words])
        out, err = capfdbinary.readouterr()
        return Said(code, out.decode(), err.decode())

    return run_words


def test_learn_twice(call: Call, tmp_path: Path, table: LabelTable) -> None:
    """The same corpus gives the same bytes, in a file and on stdout."""
    for name in ("a.json", "b.json"):
        found = call("labels", "learn", CORPUS, "-o", tmp_path / name, "-j", 1)
        assert found == (cli.DONE, "", "wikiclean: 17 labels from 9 pages\n")
        assert (tmp_path / name).read_bytes() == table.to_bytes()
    found = call("labels", "learn", CORPUS, "-j", 1, "-q", "--min-pages", 2, "--most", 4)
    assert (found.code, found.err) == (cli.DONE, "")
    assert json.loads(found.out)["labels"] == {
        fold("推理小說"): {fold("偵探小說"): 3},
        fold("中國共產黨"): {"中共": 3},
    }


def test_learn_from_a_damaged_corpus(call: Call, tmp_path: Path) -> None:
    """What can be read is learned from, and the exit code says that something could not."""
    path = tmp_path / "pages.jsonl"
    path.write_text("{\n" + CORPUS.read_text(encoding="utf-8"), encoding="utf-8")
    found = call("labels", "learn", path, "-j", 1, "--progress", "none")
    assert found.code == cli.FAILED
    assert "line 1 is no JSON" in found.err
    assert json.loads(found.out)["pages"] == 9
    found = call("labels", "learn", path, "-j", 1, "--progress", "none", "--on-error", "stop")
    assert (found.code, found.out) == (cli.FAILED, "")


def test_wrong_usage(call: Call, tmp_path: Path) -> None:
    """A missing corpus, verb or place to write is told in a line, before any work."""
    assert call("labels").code == cli.USAGE
    assert call("labels", "learn").code == cli.USAGE
    assert call("labels", "learn", CORPUS, "--min-pages", 0).code == cli.USAGE
    found = call("labels", "learn", tmp_path / "missing", "-j", 1)
    assert (found.code, found.out) == (cli.USAGE, "")
    assert "there is no such file" in found.err
    found = call("labels", "learn", CORPUS, "-o", tmp_path, "-j", 1)
    assert (found.code, "cannot write" in found.err) == (cli.USAGE, True)


def page(tmp_path: Path) -> Path:
    """Return a file with a page."""
    path = tmp_path / "page.md"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def test_every_verb_takes_a_table(call: Call, tmp_path: Path, file: Path) -> None:
    """``--labels-from`` stands beside ``--labels``."""
    path = page(tmp_path)
    found = call(path, "-f", "json", "--labels-from", file, "-q")
    assert json.loads(found.out)["links"][0]["label"] == "侦探小说"
    found = call("explain", path, "--labels-from", file, "--json")
    assert '"侦探小说"' in found.out
    out = tmp_path / "out"
    code = call("dump", path, "-o", out, "--labels-from", file, "-j", 1, "-q").code
    assert code == cli.DONE
    assert '"label":"侦探小说"' in next(out.glob("*.jsonl")).read_text(encoding="utf-8")
    found = call("dump", path, "-o", out, "-j", 1, "-q")
    assert (found.code, "other options" in found.err) == (cli.USAGE, True)
    found = call("stats", path, "--labels-from", file, "-j", 1, "-q", "-f", "json")
    assert json.loads(found.out)["diagnostics"]["info"]["label_overflow"] == 1
    assert call("compare", path, path, "--labels-from", file).code == cli.DONE


@pytest.mark.parametrize("verb", [(), ("explain",), ("dump",), ("stats",)])
def test_a_broken_table_stops_every_verb(verb: tuple[str, ...], call: Call, tmp_path: Path) -> None:
    """One line on stderr, exit code 2, and nothing is written."""
    path = page(tmp_path)
    broken = tmp_path / "broken.json"
    broken.write_text(BROKEN["of another version"], encoding="utf-8")
    out = tmp_path / "out"
    more = ("-o", out, "-j", 1) if verb == ("dump",) else ("-o", out)
    for name, message in ((broken, "of version 2"), (tmp_path / "missing.json", "cannot read")):
        found = call(*verb, path, *more, "--labels-from", name)
        assert (found.code, found.out, found.err.count("\n")) == (cli.USAGE, "", 1)
        assert message in found.err
        assert not out.exists()
