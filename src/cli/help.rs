//! The texts that `--help` adds to the options.

/// Shown above the list of commands.
pub const ABOUT: &str = "Leader election, simulated: several algorithms side by side under the same faults";

/// Shown below the list of commands.
pub const MAIN: &str = "\
Examples:
  election serve                                    serves the playground to a browser
  election run scenarios/first-look.txt --quiet     summarizes each lane
  election trace scenarios/first-look.txt | less    prints every event, on one clock
  election why scenarios/first-look.txt --lane raft --at 2.3s       explains who leads
  election link scenarios/first-look.txt --at 3.2s  prints the link to a moment
  election check scenarios docs README.md           tests every scenario against its `expect` lines
  election svg scenarios/first-look.txt --at 14.2s -o first-look.svg            draws a moment for a README
  echo 'lanes raft; at 1s crash leader; until 3s' | election run -

Exit codes: 0 success; 1 an expectation failed, or a text is not canonical; 2 the command could not do its work:
bad usage, an unreadable file, a scenario with errors. Closing the pipe early, as `head` does, hides no failure.";

/// For `serve`.
pub const SERVE: &str = "\
Examples:
  election serve
  election serve --port 8080

The page and the engine are built into this program, so it reads no files. It answers only requests from this
machine, addressed to localhost or 127.0.0.1.";

/// For `run`.
pub const RUN: &str = "\
Examples:
  election run scenarios/split-brain.txt
  election run scenarios/split-brain.txt --quiet
  election run scenarios/split-brain.txt --lane raft --from 1.9s --to 2.5s
  election run scenarios/split-brain.txt --seed 7 --json
  election run scenarios/split-brain.txt --seeds 1..1000
  echo 'lanes raft bully; at 1s crash leader; until 5s' | election run - --quiet";

/// For `trace`.
pub const TRACE: &str = "\
Examples:
  election trace scenarios/first-look.txt | less
  election trace scenarios/first-look.txt --lane raft --from 2s --to 2.5s
  election trace scenarios/first-look.txt --story
  election trace scenarios/first-look.txt --json --limit 100
  election trace scenarios/first-look.txt --lane raft --to 3s --format shiviz
  echo 'lanes ring; nodes 3; until 1s' | election trace -

ShiViz (--format shiviz) reads its log with this expression, its default:
  (?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})";

/// For `why`.
pub const WHY: &str = "\
Examples:
  election why scenarios/first-look.txt --lane raft --at 2.234s --node 1     why it leads
  election why scenarios/first-look.txt --lane raft --at 14s --node 2        why it does not
  election why scenarios/first-look.txt --lane zookeeper --at 3s             why no node leads
  election why scenarios/first-look.txt --lane raft --event 97 --json

The reasons are numbered in the order in which they happened; the last one is what you asked about. Each names the
reasons that it comes from, back to the faults, timers and starts that began it, and the rules of the algorithm that
ran. Below them is what happens without the decisive message, and without the faults: each from a run of its own.";

/// For `check`.
pub const CHECK: &str = "\
Where scenarios are found:
  .md .markdown     ```election, MyST's ```{election} and :::{election}, and HTML
  .html .htm        <election-playground>, also with src, <script type=\"text/election\">, code marked language-election
  .adoc .asciidoc   [source,election] blocks, and elements in ++++ blocks
  .rst              .. code-block:: election, .. election::, and elements in .. raw:: html
  everything else   the whole file is a scenario

A scenario without `expect` lines gets a warning. If no scenario has any, the check fails, unless --allow-empty is
given. Folders are searched recursively for .txt files and for all of the above, except hidden ones. Links to files are
followed, links to folders are not. If something cannot be read, everything else is still checked, and the exit code
is 2. On GitHub Actions and Azure Pipelines, failures are also annotated at their lines.

Pictures that `election svg --output` made are checked, too: those in and below a folder, beside a file, and where a
file refers to them. A stale one fails the check, unless --update-pictures draws it again.

Examples:
  election check scenarios
  election check --watch docs
  election check docs --junit report.xml
  election check scenarios docs README.md
  election check scenarios/split-brain.txt --json
  election check scenarios/first-look.txt --seeds 1..100
  election check docs README.md --update-pictures
  echo 'lanes raft; until 2s; expect leader by 1s' | election check -";

/// For `link`.
pub const LINK: &str = "\
The link carries the text, and a digest of the run up to the moment, by which the page and `election open` notice if
another version of the engine plays another run.

Examples:
  election link scenarios/first-look.txt
  election link scenarios/first-look.txt --at 3.2s --sel raft:1
  election link scenarios/first-look.txt --at 2.5s --base https://example.org/play/
  echo 'lanes raft; at 1s crash leader; until 3s' | election link - --at 1s+2";

/// For `open`.
pub const OPEN: &str = "\
The scenario goes to standard output; the moment, the selection and whether this program plays the same run go to
standard error. The exit code is 1 if it plays another run, and 2 if the link is damaged or its scenario has errors.

Examples:
  election open '#v=1&s=lanes+raft;until+2s'
  election open 'https://example.org/play/#v=1&s=lanes+raft;until+2s' > scenario.txt
  election open --json '#v=1&s=lanes+raft;until+2s&at=1s'
  election open page.html | election check -";

/// For `svg`.
pub const SVG: &str = "\
A picture has light and dark colours in one file, a title and a description for screen readers, and no scripts.
With --output, it also holds how it was made: `election check --update-pictures` draws it again when the scenario has
changed. docs/pictures.md shows examples.

Examples:
  election svg scenarios/first-look.txt --at 14.2s -o first-look.svg             all lanes at 14.2 s
  election svg scenarios/first-look.txt --lane raft --at 2.19s                   one lane, to standard output
  election svg scenarios/first-look.txt --lane raft --span 1.95s..2.3s           a span of a lane, node by node
  election svg scenarios/first-look.txt --lane raft --kind diagram --at 2.2s     the election around an instant
  election svg scenarios/first-look.txt --kind bands                             who leads, over the whole run
  election svg README.md --block 'Half the truth' --at 5s -o docs/half.svg       a block of a Markdown file";

/// For `mermaid`.
pub const MERMAID: &str = "\
Messages stand in the order in which they arrive or are lost; notes say what happens to the nodes. Of more than 150
messages, heartbeats are left out, then all but those of elections; a note says how many.

Examples:
  election mermaid scenarios/first-look.txt --lane raft --from 1.99s --to 2.3s
  echo 'lanes bully; at 1s crash leader; until 2s' | election mermaid - --from 1s";

/// For `odds`.
pub const ODDS: &str = "\
An outcome is a condition of the language. It counts if it becomes true at any moment up to the end of the run, unless
a time follows: `leaders >= 2 by 5s`, `leader = 3 at end`.

For chosen moments of the run, each future is the run with one more line, `at T LANE: reseed N`: what happened before
stays, and what is drawn afterwards is drawn anew. Messages in flight and timers that are set keep their times.
It was decided where the 95 % interval of the share lies above 95 %; with 100 futures, that takes all of them.

Examples:
  election odds scenarios/first-look.txt --lane raft --when 'leaders >= 2'
  election odds scenarios/first-look.txt --lane raft --when 'failover > 300ms' --futures 400
  election odds scenarios/first-look.txt --lane raft --when 'leader = 4 at end' --json";

/// For `fmt`.
pub const FMT: &str = "\
--write replaces each file atomically, so an interruption loses nothing. Permissions are kept, and links stay links.
If a file cannot be formatted, the others still are, and the exit code is 2.

Examples:
  election fmt scenarios/first-look.txt             prints the canonical text
  election fmt --write scenarios/*.txt              rewrites the files in place
  election fmt --check scenarios/*.txt              reports what is not canonical, and exits with 1
  echo 'nodes   3;seed 1' | election fmt -";

/// For `algorithms`.
pub const ALGORITHMS: &str = "\
Examples:
  election algorithms
  election algorithms raft
  election algorithms zookeeper --json";
