//! Golden error messages of expectations and breaks.

// Each test is a table.
#![allow(clippy::too_many_lines)]

use super::errors::check;

#[test]
fn expectations() {
    check(&[
        (
            "expect",
            &[
                "line 1, column 7: found the end of the statement, expected something to expect, such as `leaders = 1`",
            ],
        ),
        (
            "expect leaderz = 1",
            &[
                "line 1, column 8: found `leaderz`, expected something to expect: […], or a property: […]; did you mean `leaders`?",
            ],
        ),
        (
            "expect leaders",
            &[
                "line 1, column 15: found the end of the statement, expected a comparison: […]. The form is `leaders [of GROUP] OP NUMBER`.",
            ],
        ),
        (
            "expect leaders = two",
            &[
                "line 1, column 18: found `two`, expected a number from 0 to 9007199254740992. The form is `leaders [of GROUP] OP NUMBER`.",
            ],
        ),
        ("expect leaders 2", &["line 1, column 16: found `2`, expected a comparison: […]. Write `= 2`."]),
        (
            "expect leaders = 2 at 5",
            &[
                "line 1, column 23: found `5`, expected a time such as `150ms`; did you mean `5s`? A time has a unit: us, ms, s, min or h.",
            ],
        ),
        (
            "expect leaders = 2 at 5s always",
            &["line 1, column 26: found `always`, expected the end of the statement"],
        ),
        (
            "expect rfat leader",
            &[
                "line 1, column 8: found `rfat`, expected something to expect: […], or a property: […]; did you mean `raft`?",
            ],
        ),
        (
            "expect leader = 9",
            &[
                "line 1, column 17: found `9`, expected the id of a node: […]. The form is `leader [of GROUP] [OP ID|none]`.",
            ],
        ),
        (
            "expect node 2 rol leader",
            &["line 1, column 15: found `rol`, expected a field of the node: […]; did you mean `role`?"],
        ),
        (
            "expect node all role leader",
            &[
                "line 1, column 17: found `all`, expected one node, such as `3` or `leader`. Write one line for each node.",
            ],
        ),
        (
            "expect node 2 role",
            &[
                "line 1, column 19: found the end of the statement, expected the text to compare the field with. The form is `node WHO FIELD [OP] TEXT | node WHO order RULE …`.",
            ],
        ),
        (
            "expect node 2 role at end",
            &[
                "line 1, column 19: found the end of the statement, expected the text to compare the field with. The form is `node WHO FIELD [OP] TEXT | node WHO order RULE …`.",
            ],
        ),
        (
            "expect messages elections = 3",
            &[
                "line 1, column 17: found `elections`, expected a class or name of messages: […]; did you mean `election`?",
            ],
        ),
        (
            "expect messages in 3",
            &[
                "line 1, column 21: found the end of the statement, expected `..`. The form is `messages [WHICH] OP NUMBER`.",
            ],
        ),
        (
            "expect epoch in 5..3",
            &[
                "line 1, column 20: found `5..3`, expected the smaller number first. The form is `epoch [of GROUP] OP NUMBER`.",
            ],
        ),
        (
            "expect failover < 3",
            &[
                "line 1, column 19: found `3`, expected a time such as `150ms`; did you mean `3s`? A time has a unit: us, ms, s, min or h.",
            ],
        ),
        (
            "expect writes lots = 1",
            &["line 1, column 15: found `lots`, expected one of […]; did you mean `lost`?"],
        ),
        (
            "expect one-leader-per-trem",
            &[
                "line 1, column 8: found `one-leader-per-trem`, expected something to expect: […], or a property: […]; did you mean `one-leader-per-term`?",
            ],
        ),
        (
            "break leaders >= 2 at 1s",
            &[
                "line 1, column 20: found `at`, expected the end of the statement. `break` stops whenever its condition becomes true, so it takes no time.",
            ],
        ),
        (
            "expect leader by 9s; until 5s",
            &[
                "line 1, column 18: found `9s`, expected a time no later than the end, 5s. Nothing happens after `until 5s`; choose a later end.",
            ],
        ),
    ]);
}

#[test]
fn groups() {
    check(&[
        (
            "lanes raft\nexpect leader of p1",
            &[
                "line 2, column 18: found `p1`, expected a group with its own leader. There are no groups in `raft`; write `leader`.",
            ],
        ),
        (
            "lanes raft\nexpect service-leader = s2",
            &[
                "line 2, column 8: found `service-leader`, expected a group with its own leader. There are no groups in `raft`; write `leader`.",
            ],
        ),
        (
            "lanes zookeeper\nexpect failovers of esat = 1",
            &["line 2, column 21: found `esat`, expected a group: `service`, `east`; did you mean `east`?"],
        ),
        (
            "lanes zookeeper raft\nexpect leader of east = 2",
            &[
                "line 2, column 18: found `east`, expected a group that `raft` also has. Name the lanes that have it before the condition.",
            ],
        ),
        (
            "lanes zookeeper\nexpect leader of",
            &[
                "line 2, column 17: found the end of the statement, expected the name of a group. The form is `leader [of GROUP] [OP ID|none]`.",
            ],
        ),
        (
            "lanes zookeeper\nexpect messages of east = 2",
            &[
                "line 2, column 17: found `of`, expected a class or name of messages: […]. The form is `messages [WHICH] OP NUMBER`.",
            ],
        ),
        (
            "lanes zookeeper\nexpect leader = s1",
            &[
                "line 2, column 17: found `s1`, expected the id of a node: […]. The form is `leader [of GROUP] [OP ID|none]`.",
            ],
        ),
        (
            "lanes raft\nat 1s crash leader of east",
            &[
                "line 2, column 23: found `east`, expected a group with its own leader. There are no groups in `raft`; write `leader`.",
            ],
        ),
        (
            "lanes raft\nat 1s crash service-leader",
            &[
                "line 2, column 13: found `service-leader`, expected a group with its own leader. There are no groups in `raft`; write `leader`.",
            ],
        ),
        (
            "lanes zookeeper\nlane service-leader = zookeeper",
            &[
                "line 2, column 6: found `service-leader`, expected a name that is not a word of the language. Choose another name.",
            ],
        ),
    ]);
}
