// The help: how to read the pictures, and the keyboard shortcuts.

import { h } from "../dom.js";
import { KEYS } from "../input.js";
import { createDialog } from "./dialog.js";
import { createLegend } from "./legend.js";

/** @param {import("../app.js").App} app */
export function createHelp(app) {
  const legend = createLegend(app, true);
  const { box, body } = createDialog("Legend and keyboard shortcuts", "help");
  body.append(
    h("h3", { text: "How to read the pictures" }),
    legend.root,
    h("ul", { class: "legend" },
      h("li", { text: "Two bars beside a node: its process is paused. Blue capsules carry the id of a leader. Point at a node or a message, and a line says what it is." }),
      h("li", { text: "A clock: the node's clock is fast or slow, or is ahead or behind. An hourglass: the node is slow. Grey dashes: a link that is slow, loses messages or delivers them twice, labelled with the amount. Lower left corner: the loss, delay and duplication on all links." }),
      h("li", { text: "The lower edge is the store with its last forty writes: what it kept stands on the line, what it refused hangs below, and a write accepted after a newer leader's towers above in red. A cross in front of it: a node is cut off from the store." }),
      h("li", { text: "Above nodes that vote: the ballot. Blue boxes are votes given, hollow ones are not, dashed ones cannot answer; the line stands where they suffice. With many nodes, each seat is a voter and the arc counts the votes." }),
      h("li", { text: "In a lane with a service, the panel is the queue of znodes; the owner of the first one leads. A znode drains while its owner is silent, and goes when its session has ended. An arrow points from a znode to the one whose deletion its owner watches for; an eye above a znode means that its owner watches the whole queue. A line from a node to the panel is a live session, dashes mean no session, and thin grey means unknown because the service is down." }),
      h("li", { text: "On a ring, a band leads from each node to the one that it sends to, and a struck id is one that was stopped there. Arcs inside show how far candidates have asked. In a ladder, questions climb at the right, and what comes from above is pushed down at the left." }),
      h("li", { text: "In large clusters, counts take the place of labels." }),
      h("li", { text: "In the bands, blue is a leader, and two tints alternate from epoch to epoch; white is a time in which nobody led. Red stripes: a node believed that it led and could not do the work: it was deposed, paused, or reached too few others; or several believed it and nothing tells which one is right." }),
      h("li", { text: "In this failover, all lanes start at the fault: the thin line is the time until a node noticed, amber the election, blue the new leader." }),
      h("li", { text: "A diamond in the bands: a property was violated. Two bars in a red circle: a line of the scenario stops the playhead there." }),
      h("li", { text: "Below each lane: the writes that the store kept, and how many properties hold (✓), are not decided yet (?), were broken by faults that the scenario made (◆), or by a bug (✗). A click lists them." }),
      h("li", {}, "In the text, ", h("code", { text: "at 2s+1" }), " is the moment after one event of the instant 2 s, and ", h("code", { text: "3->4#1" }), " is the first message from 3 to 4.")),
    h("h3", { text: "Keyboard shortcuts" }),
    h("table", {}, h("tbody", {}, ...KEYS.map(([keys, what]) => h("tr", {}, h("th", { scope: "row" }, ...keys.split(" ").map((key) => h("kbd", { text: key }))), h("td", { text: what }))))),
  );
  return { box, repaint: legend.repaint };
}
