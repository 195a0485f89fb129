//! `election check` on pages as people write them, in each format.

mod shared;

use std::path::Path;

use serde_json::Value;
use shared::{Ran, empty_folder, json, name, relative, run, write};

/// Checks a page that is alone in a folder of this name. Returns what was printed, and the report.
fn check(folder: &str, file: &str, page: &str) -> (Ran, Value) {
    let folder = empty_folder(&format!("formats/{folder}"));
    let path = write(&folder, file, page);
    let report = json(&run(&["check", "--json", name(&path)]).out);
    (run(&["check", name(&path)]), report)
}

/// For each scenario, the line of its first line, and the lines of what fails in it or keeps it from being run.
fn places(report: &Value) -> Vec<(u64, Vec<u64>)> {
    let line = |it: &Value| it["line"].as_u64().expect("a line");
    let scenarios = report["scenarios"].as_array().expect("a list");
    let wrong = |it: &Value| {
        let failed = it["expectations"].as_array().expect("a list").iter().filter(|it| it["met"] == false);
        let errors = it["errors"].as_array().expect("a list").iter();
        errors.chain(failed).map(line).collect()
    };
    scenarios.iter().map(|it| (line(it), wrong(it))).collect()
}

#[test]
fn markdown_with_fences_directives_and_elements() {
    let page = r#"---
title: A page
---

# Failover

```election
lanes raft
until 2s
expect leaders = 99
```

> - In a list in a quote:
>
>   ~~~election linenums="1"
>   lanes raft
>
>   until 2s
>   expect leaders = 99
>   ~~~

```{election} A crash
:at: 1.5s
:name: crash

lanes raft
until 2s
expect leaders = 99
```

:::{election}
---
at: 1s
---
lanes raft

# This would be a heading.
until 2s
expect leaders = 99
:::

``` { .election .wide title="With a class" }
lanes raft; until 2s; expect leaders = 99
```

<election-playground at="1s" controls="min">
  lanes raft
  until 2s
  expect leaders = 99
</election-playground>

<script type="text/election">
lanes raft

until 2s
expect leaders = 99
</script>

Inline, <election-playground>lanes raft; until 2s; expect leaders = 99</election-playground>, too.

```text
expect leaders = 99
```

    ```election
    expect leaders = 99
    ```
"#;
    let (ran, report) = check("markdown", "page.md", page);
    let want = [
        (8, vec![10]),
        (16, vec![19]),
        (25, vec![28]),
        (35, vec![39]),
        (43, vec![43]),
        (47, vec![49]),
        (53, vec![56]),
        (59, vec![59]),
    ];
    assert_eq!(places(&report), want, "{}{}", ran.out, ran.err);
    assert!(ran.code == 1 && ran.out.contains("page.md:28: expect leaders = 99"), "{}", ran.out);
    assert_eq!(report["scenarios"][2]["warnings"], Value::Array(Vec::new()), "its options are right");
}

#[test]
fn an_element_that_markdown_cuts_off_is_an_error() {
    let page = "# T\n\n<election-playground>\nlanes raft\nuntil 2s\n\nexpect leaders = 99\n</election-playground>\n\n\
                ```election\nlanes raft\nuntil 2s\nexpect leaders = 1\n```\n";
    let (ran, report) = check("cut", "page.md", page);
    assert_eq!(places(&report), [(6, vec![6]), (11, vec![])]);
    assert_eq!(ran.code, 2);
    let want = "page.md:6: found a blank line, which ends the HTML block here, expected `</election-playground>`; \
                use a fence, ```election, instead of the element";
    assert!(ran.err.contains(want), "{}", ran.err);
    assert!(
        ran.out.ends_with("test result: FAILED. 1 passed; 0 failed; 1 scenario cannot be run\n"),
        "{}",
        ran.out
    );
    // The other commands do not play the beginning either.
    let folder = empty_folder("formats/cut-run");
    let path = write(&folder, "page.md", page.split("```").next().expect("a part"));
    let ran = run(&["run", "--quiet", name(&path)]);
    assert!(ran.code == 2 && ran.err.contains("a blank line"), "{}", ran.err);
}

#[test]
fn html_in_all_documented_forms() {
    let page = r#"<!DOCTYPE html>
<title>A page</title>
<election-playground at="1s">
  lanes raft
  until 2s

  expect leaders = 99
</election-playground>
<election-playground><pre>
  lanes raft &amp
</pre></election-playground>
<election-playground>
  <script type="text/election">
    lanes raft
    at 1s cut 1 -> 2
    until 2s
    expect leaders = 99
  </script>
</election-playground>
<script type="text/election">
lanes raft; until 2s
expect leaders = 99
</script>
<pre><code class="hljs language-election">lanes raft
<span class="k">at</span> 1s cut 1 -&gt; 2
until 2s
expect leaders = 99
</code></pre>
<div class="highlight-election notranslate"><div class="highlight"><pre><span></span>lanes raft
until 2s
expect leaders = 99
</pre></div></div>
<!-- <election-playground>expect leaders = 99</election-playground> -->
<pre>&lt;election-playground>expect leaders = 99&lt;/election-playground></pre>
<election-playground></election-playground>
"#;
    let (ran, report) = check("html", "page.html", page);
    let want = [(4, vec![7]), (10, vec![10]), (14, vec![17]), (21, vec![22]), (24, vec![27]), (29, vec![31])];
    assert_eq!(places(&report), want, "{}{}", ran.out, ran.err);
    // The error is in the decoded text, at its column in the file.
    assert!(ran.err.contains("page.html:10:14: found `&`"), "{}", ran.err);
    assert!(ran.err.contains("\n10 | lanes raft &\n   |            ^\n"), "{}", ran.err);
}

#[test]
fn other_children_of_an_element_are_an_error() {
    let page =
        "<p>\n<election-playground>\n<p>lanes raft</p>\n<p>expect leaders = 99</p>\n</election-playground>\n";
    let (ran, report) = check("children", "page.htm", page);
    assert_eq!((ran.code, places(&report)), (2, vec![(3, vec![3])]));
    let error = &report["scenarios"][0]["errors"][0];
    assert_eq!(error["found"], "the element <p>");
    assert!(
        ran.err.contains("page.htm:3: found the element <p>, expected text, one <pre>, or one <script"),
        "{}",
        ran.err
    );
}

#[test]
fn asciidoc_listings_and_passthroughs() {
    let page = r#"= A page

.A crash
[source,election]
----
lanes raft

until 2s
expect leaders = 99
----

* A list
+
[election]
....
lanes raft
until 2s
expect leaders = 99
....

++++
<election-playground>
lanes raft

until 2s
expect leaders = 99
</election-playground>
++++

[source,ruby]
----
[source,election]
expect leaders = 99
----
"#;
    let (ran, report) = check("asciidoc", "page.adoc", page);
    let want = [(6, vec![9]), (16, vec![18]), (23, vec![26])];
    assert_eq!(places(&report), want, "{}{}", ran.out, ran.err);
    assert_eq!(ran.code, 1);
}

#[test]
fn restructured_text_directives_and_raw_html() {
    let page = r#"A page
======

.. code-block:: election
   :caption: A crash
   :linenos:

   lanes raft

   until 2s
   expect leaders = 99

.. note::

   .. election::
      :at: 30s

      lanes raft
      until 2s
      expect leaders = 99

.. raw:: html

   <election-playground>
     lanes raft

     until 2s
     expect leaders = 99
   </election-playground>

Write it so::

   .. election::

      expect leaders = 99
"#;
    let (ran, report) = check("rest", "page.rst", page);
    let want = [(8, vec![11]), (18, vec![20]), (25, vec![28])];
    assert_eq!(places(&report), want, "{}{}", ran.out, ran.err);
    assert!(
        ran.out.contains("page.rst:16: warning: the attribute `at` is 30s, but the run ends at 2s.\n"),
        "{}",
        ran.out
    );
    // A column of the file, after the indentation.
    let ran = check("rest-error", "page.rst", ".. election::\n\n    lanes raft\n      nodez 3\n").0;
    assert!(ran.err.contains("page.rst:4:7: found `nodez`"), "{}", ran.err);
}

#[test]
fn the_files_that_elements_name_are_tested_once() {
    let folder = empty_folder("formats/src");
    let scenario = "lanes raft\nuntil 2s\nexpect leaders = 99\n";
    write(&folder, "scenarios/a b.txt", scenario);
    write(&folder, "scenarios/two.scn", scenario);
    let element = |attributes: &str| format!("<election-playground {attributes}></election-playground>\n");
    let page = [
        element("src=\"../scenarios/a%20b.txt?x#y\""),
        element("src=\"../scenarios/two.scn\""),
        element("src='../scenarios/two.scn'"),
        element("src=../scenarios/two.scn at=9s"),
        element("src=\"https://example.org/x.txt\""),
        element("src=\"/x.txt\""),
        element("src=\"missing.txt\""),
        element("src=\"file:///etc/hostname\""),
        element("src=\"../scenarios\""),
        element("link=\"https://example.org/#v=1&amp;s=lanes+raft;until+2s;expect+leaders+%3D+99\""),
        element("link=\"#v=2&amp;s=lanes+raft\""),
    ];
    write(&folder, "docs/page.html", &page.concat());
    write(&folder, "docs/other.adoc", "[source,election]\n----\ninclude::../scenarios/two.scn[]\n----\n");
    let ran = run(&["check", name(&folder)]);
    let (out, err) = (relative(&ran.out, &folder), relative(&ran.err, &folder));
    assert_eq!(ran.code, 2);
    for part in [
        // The page names one that has its own line, another one that only pages name, and one with something to say.
        "FAILED  scenarios/a b.txt: (0 of 1 expectation met)\n  scenarios/a b.txt:3: expect leaders = 99\n",
        "FAILED  scenarios/two.scn (docs/other.adoc:3): (0 of 1",
        "FAILED  scenarios/two.scn (docs/page.html:4): (0 of 1",
        "  docs/page.html:4: warning: the attribute `at` is 9s, but the run ends at 2s.\n",
        "note    docs/page.html:5: `https://example.org/x.txt` is not tested: it is on another host\n",
        "note    docs/page.html:6: `/x.txt` is not tested: only the site knows where its root is\n",
        "FAILED  docs/page.html:10: (0 of 1",
        "test result: FAILED. 0 passed; 4 failed; 4 scenarios cannot be run\n",
    ] {
        assert!(out.contains(part), "{part:?} is not in\n{out}");
    }
    assert_eq!(out.matches("two.scn (").count(), 2, "{out}");
    for part in [
        "docs/page.html:7: found src `missing.txt` (cannot read docs/missing.txt: there is no such file), expected a file",
        "docs/page.html:8: found src `file:///etc/hostname` (only http and https may be named)",
        "docs/page.html:9: found src `../scenarios` (cannot read scenarios: it is not a regular file)",
        "docs/page.html:11: found link `#v=2&s=lanes+raft` (this link is damaged: its end is missing;",
    ] {
        assert!(err.contains(part), "{part:?} is not in\n{err}");
    }
}

#[test]
fn attributes_that_mean_nothing_are_warned_of() {
    let scenario = "lanes raft bully\nuntil 2s\nexpect leaders = 1\n";
    let attributes =
        "at=noon lanes=\"raft, zookeper\" controls=all theme=dark loading=late speed=fast autoplay";
    let page = format!("<p>\n<election-playground\n{attributes}>\n{scenario}</election-playground>\n");
    let (ran, report) = check("attributes", "page.html", &page);
    let warnings = report["scenarios"][0]["warnings"].as_array().expect("a list");
    let texts: Vec<&str> = warnings.iter().map(|it| it["text"].as_str().expect("a text")).collect();
    let want = [
        "the attribute `at` has no effect: found `noon`, expected a time such as `2s` or `150ms`.",
        "the attribute `controls` is `all`, expected one of `full`, `min`, `none`.",
        "in the attribute `lanes`, there is no lane `zookeper`, expected a lane of the scenario: `raft`, `bully`.",
        "the attribute `loading` is `late`, expected one of `lazy`, `eager`, `click`.",
        "the attribute `speed` is `fast`, expected `auto` or a number above 0.",
    ];
    assert_eq!(texts, want);
    assert!(warnings.iter().all(|it| it["line"] == 3), "{warnings:?}");
    assert!(ran.code == 0 && ran.out.contains("page.html:3: warning: the attribute `at`"), "{}", ran.out);
    let right = "at=1.5s lanes=raft controls=none theme=host loading=click speed=0.5";
    let page = format!("<election-playground {right}>{scenario}</election-playground>");
    assert_eq!(
        check("attributes-right", "page.html", &page).1["scenarios"][0]["warnings"],
        Value::Array(Vec::new())
    );
}

#[test]
fn folders_are_searched_for_all_formats() {
    let folder = empty_folder("formats/folder");
    let scenario = "lanes raft\nuntil 2s\nexpect leaders = 1\n";
    for (file, page) in [
        ("a.adoc", format!("[source,election]\n----\n{scenario}----\n")),
        ("b.asciidoc", format!("[source,election]\n----\n{scenario}----\n")),
        ("c.html", format!("<election-playground>{scenario}</election-playground>")),
        ("d.HTM", format!("<election-playground>{scenario}</election-playground>")),
        ("e.md", format!("```election\n{scenario}```\n")),
        ("f.rst", format!(".. election::\n\n   {}\n", scenario.trim().replace('\n', "\n   "))),
        ("g.txt", scenario.to_string()),
        ("h.text", scenario.to_string()),
        (".i.html", scenario.to_string()),
    ] {
        write(&folder, &format!("docs/{file}"), &page);
    }
    let ran = run(&["check", name(&folder)]);
    assert!(ran.out.ends_with("test result: ok. 7 passed; 0 failed\n"), "{}{}", ran.out, ran.err);
    // Each can be run by itself, too.
    for file in ["a.adoc", "c.html", "f.rst"] {
        let ran = run(&["run", "--quiet", name(&folder.join("docs").join(file))]);
        assert!(ran.code == 0 && ran.out.contains("who led"), "{}{}", ran.out, ran.err);
        let ran = run(&["fmt", name(&folder.join("docs").join(file))]);
        assert!(ran.code == 2 && ran.err.contains("expected a file with one scenario"), "{}", ran.err);
    }
    let none = write(&folder, "none.rst", "Text\n");
    let ran = run(&["run", name(&none)]);
    assert!(
        ran.err.contains("has no scenario, expected a directive `.. code-block:: election`"),
        "{}",
        ran.err
    );
}

#[test]
fn a_page_of_any_bytes_is_read_to_its_end() {
    // Marks of all formats, in any order.
    let marks = [
        "```election\n",
        "```{election}\n",
        ":::{election}\n",
        ":::\n",
        "```\n",
        "> ",
        "- ",
        "\t",
        "   ",
        "\r\n",
        "\n\n",
        "<election-playground>",
        "<election-playground\n",
        " at='1s'>",
        "</election-playground>",
        "<pre>",
        "</pre>",
        "<script type=text/election>",
        "</script>",
        "<!--",
        "-->",
        "[source,election]\n",
        "----\n",
        "++++\n",
        "....\n",
        ".. election::\n\n",
        ".. raw:: html\n\n",
        "::\n",
        ":at: 1s\n",
        "---\n",
        "lanes raft\n",
        "&gt;",
        "&#10;",
        "ü",
        "*",
        "`",
        "\0",
    ];
    let folder = empty_folder("formats/any");
    let mut seed: u64 = 1;
    for round in 0..40 {
        let mut page = String::new();
        for _ in 0..300 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            page += marks[(seed >> 33) as usize % marks.len()];
        }
        for ending in ["md", "html", "adoc", "rst"] {
            write(&folder, &format!("{round}.{ending}"), &page);
        }
    }
    let ran = run(&["check", "--json", name(&folder)]);
    let report = json(&ran.out);
    assert!(ran.code < 3 && !ran.err.contains("panicked"), "{}", ran.err);
    let scenarios = report["scenarios"].as_array().expect("a list");
    assert!(100 < scenarios.len(), "{}", scenarios.len());
    for it in scenarios {
        let file = std::fs::read_to_string(it["file"].as_str().expect("a file")).expect("it is there");
        // A blank line at the end may be what is wrong.
        let lines = file.replace("\r\n", "\n").replace('\r', "\n").split('\n').count() as u64;
        let errors = it["errors"].as_array().expect("a list").iter();
        for line in errors.chain([it]).map(|it| it["line"].as_u64().expect("a line")) {
            assert!(0 < line && line <= lines + 1, "{line} of {lines} in {}", it["file"]);
        }
    }
    assert!(Path::new(&folder).is_dir());
}

#[test]
#[expect(clippy::disallowed_types, reason = "the time that reading takes is what is tested")]
fn large_pages_take_time_in_proportion() {
    let folder = empty_folder("formats/large");
    let element = "<election-playground>lanes raft</election-playground>";
    for (file, part, count) in [
        ("line.html", "<p class=x>ü</p><b>".to_string(), 150_000),
        ("elements.html", format!("<i>{element}"), 600),
        ("ends.html", "<pre></b>".to_string(), 200_000),
        ("blank.rst", "\n".to_string(), 2_000_000),
        ("directives.rst", ".. note::\n\n".to_string(), 200_000),
        ("blank.adoc", "[source,election]\n\n".to_string(), 100_000),
        ("fences.adoc", "----\n".to_string(), 400_001),
        ("colons.md", ":::{note}\n```\n```\n".to_string(), 100_000),
        ("quotes.md", "> text\n>\n".to_string(), 200_000),
        ("html.md", "<b>\n\n".to_string(), 200_000),
    ] {
        write(&folder, file, &part.repeat(count));
    }
    // Two elements far apart on one line.
    write(&folder, "far.html", &format!("{element}{}{element}", "<b>ü".repeat(200_000)));
    let begun = std::time::Instant::now();
    let ran = run(&["check", "--json", "--allow-empty", name(&folder)]);
    let took = begun.elapsed().as_secs();
    assert_eq!(json(&ran.out)["scenarios"].as_array().map(Vec::len), Some(602), "{}", ran.err);
    // What takes quadratic time takes minutes here.
    assert!(took < 60, "{took} s");
}
