//! What `--help` says beside the options: examples first.

/// Above the list of commands.
pub const ABOUT: &str = "Leader election, simulated: several algorithms side by side under the same faults";

/// Below the list of commands.
pub const MAIN: &str = "\
Examples:
  election serve                                    the playground, in a browser
  election run scenarios/first-look.txt --quiet     what it comes to, lane by lane
  election trace scenarios/first-look.txt | less    everything that happens, on one clock
  election check scenarios docs README.md           every scenario against its `expect` lines
  echo 'lanes raft; at 1s crash leader; until 3s' | election run -

Exit codes: 0 all is well; 1 an expectation failed, or a text is not canonical; 2 the command could not do its
work: bad usage, an unreadable file, a scenario with errors. A pipe that is closed early, as by `head`, hides no
failure.";

/// Of `serve`.
pub const SERVE: &str = "\
Examples:
  election serve
  election serve --port 8080

The page and the engine are built into this program: it reads no files, and it answers only requests from this
machine to localhost or 127.0.0.1.";

/// Of `run`.
pub const RUN: &str = "\
Examples:
  election run scenarios/split-brain.txt
  election run scenarios/split-brain.txt --quiet
  election run scenarios/split-brain.txt --lane raft --from 1.9s --to 2.5s
  election run scenarios/split-brain.txt --seed 7 --json
  election run scenarios/split-brain.txt --seeds 1..1000
  echo 'lanes raft bully; at 1s crash leader; until 5s' | election run - --quiet";

/// Of `trace`.
pub const TRACE: &str = "\
Examples:
  election trace scenarios/first-look.txt | less
  election trace scenarios/first-look.txt --lane raft --from 2s --to 2.5s
  election trace scenarios/first-look.txt --json --limit 100
  echo 'lanes ring; nodes 3; until 1s' | election trace -";

/// Of `check`.
pub const CHECK: &str = "\
In Markdown every block that is fenced as ```election is a scenario of its own. A scenario that expects nothing
is warned of; where no scenario expects anything the check fails, unless --allow-empty says that this is meant.

A file that is named may have any name: .md and .markdown are Markdown, everything else is a scenario. In a folder
and below, .txt and Markdown files are found, except hidden ones. Links to files are followed, links to folders are
not. If something cannot be read, the rest is still checked, and the exit code is 2.

Examples:
  election check scenarios
  election check scenarios docs README.md
  election check scenarios/split-brain.txt --json
  election check scenarios/first-look.txt --seeds 1..100
  echo 'lanes raft; until 2s; expect leader by 1s' | election check -";

/// Of `fmt`.
pub const FMT: &str = "\
--write replaces a file in one step, so that nothing is lost if it is interrupted. It keeps permissions, and a link
stays a link. If a file cannot be formatted, the others still are, and the exit code is 2.

Examples:
  election fmt scenarios/first-look.txt             prints the canonical text
  election fmt --write scenarios/*.txt              makes the files canonical
  election fmt --check scenarios/*.txt              tells what is not, and exits with 1
  echo 'nodes   3;seed 1' | election fmt -";

/// Of `algorithms`.
pub const ALGORITHMS: &str = "\
Examples:
  election algorithms
  election algorithms raft
  election algorithms zookeeper --json";
