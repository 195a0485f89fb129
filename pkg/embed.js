function i(e){return e instanceof Error?e.message:String(e)}var f=["at","autoplay","base","caption","controls","lanes","link","loading","poster","readonly","speed","src","theme"];function l(e){let t=e.replace(/^#/,"");if(t==="")return{kind:"none"};let r=/^scenario=([a-z0-9-]{1,80})$/.exec(t);return r?{kind:"scenario",name:r[1]}:{kind:"link",hash:t}}var I=64*1024;var s={name:"first-look",text:`# Four algorithms face the same faults at the same instants: the leader crashes and comes back, then the network splits
# in two and heals.
title First look: crash, restart, partition, heal
lanes ring bully zookeeper raft
nodes 5
seed  42

at 1s    say "Four algorithms, five nodes each, and a leader in every lane. The same faults are coming to all of them." if leaders = 1
at 2s    say "The leader crashes. Nobody tells the others: they notice only that it has fallen silent."
at 2s    crash leader
at 3s    ring bully raft: say "Some node ran out of patience, started an election, and the rest agreed." if leaders = 1
at 3s    zookeeper: say "The service cannot tell a crash from silence, so it waits until the leader's session ends." if leaders = 0
at 7s    zookeeper: say "The session has expired and its znode is gone. The next in the queue leads." if leaders = 1
at 9s    restart all
at 9.5s  bully: say "5 has the highest id, so it takes the lead from a leader that did nothing wrong." if leader = 5
at 13s   say "The network breaks: 1 and 2 here; 3, 4 and 5 there."
at 13s   partition 1 2 | 3 4 5
at 13s   ask "How many nodes in each lane will believe that they lead, and will it matter?"
at 17s   answer "two, it matters" if writes conflicting > 0 in ring bully | "two" if leaders = 2 in raft | "one" if leaders = 1 in zookeeper because "It matters where the store accepts the writes of both. Raft's store rejects the older term."
at 20s   heal
at end   say "One leader each. What differed is how long nobody led, and whether two could write." if leaders = 1
until 25s

expect leader by 1s
expect leaders = 1 at 8.5s
expect ring bully raft failover < 1s at 8.5s
expect zookeeper       failover in 2.6s..6.2s at 8.5s
expect ring bully      leaders = 2 at 17s
expect ring bully      writes conflicting > 0
expect zookeeper raft  writes conflicting = 0
expect raft            one-leader-per-term
expect zookeeper raft  one-effective-writer
expect leaders = 1
`};var M=new URL("./",import.meta.url);var c=new Map,y=e=>{let[,t]=/^algorithms\/(.+)\.json$/.exec(e)??[];return t?new URL(`./algorithms/${t}.json`,import.meta.url):new URL("./scenarios.json",import.meta.url)};function m(e){let t=c.get(e);if(t)return t;let r=(async()=>{let o=await fetch(y(e));if(!o.ok)throw new Error(`${e} returned status ${o.status}`);return o.json()})();return c.set(e,r),r.catch(()=>c.delete(e)),r}var b=[s];async function k(){let e=await m("scenarios.json");return b=e,e}async function x(e){return(e===s.name?s:(await k()).find(t=>t.name===e))?.text}var g=1,p=new URLSearchParams(location.search),O=new Set([location.origin,...(p.get("allow")??"").split(/[\s,]+/).filter(e=>e!=="")]),n=document.createElement("election-playground");function a(e,t){parent!==window&&parent.postMessage({ep:g,type:e,...t},"*")}for(let[e,t]of[["ep-ready","ready"],["ep-leaderchange","leaderchange"],["ep-error","error"]])n.addEventListener(e,r=>a(t,r.detail));n.addEventListener("ep-ready",()=>document.title=n.shadowRoot?.querySelector(".title")?.textContent||document.title);new ResizeObserver(()=>a("resize",{height:Math.ceil(n.getBoundingClientRect().height)})).observe(n);var u={play:()=>n.play(),pause:()=>n.pause(),seek({at:e}){if(typeof e!="number"||!Number.isFinite(e))throw new Error("seek needs `at`, a number of seconds");n.seek(e)},load({text:e,link:t}){if(typeof t=="string")n.setAttribute("link",t);else if(typeof e=="string")n.text=e;else throw new Error("load needs a `text` or a `link`")}};addEventListener("message",async({source:e,origin:t,data:r})=>{if(e!==parent||parent===window||!O.has(t)||r?.ep!==g)return;let o=Object.hasOwn(u,r.type)?u[r.type]:null;try{if(!o)throw new Error(`there is no order ${JSON.stringify(r.type)}; there are ${Object.keys(u).join(", ")}`);await n.ready,o(r)}catch($){a("error",{message:i($),line:null,column:null})}});for(let[e,t]of p)f.includes(e)&&e!=="src"&&e!=="link"&&n.setAttribute(e,t);p.has("loading")||n.setAttribute("loading","eager");async function w(){let e=l(location.hash);if(e.kind==="link"&&n.setAttribute("link",`#${e.hash}`),e.kind!=="scenario")return"";try{let t=await x(e.name);return t===void 0?`There is no scenario named ${e.name}.`:(n.append(t),"")}catch(t){return`The scenarios could not be fetched: ${i(t)}.`}}var d=await w(),h=document.getElementById("waiting");d===""?h?.replaceWith(n):(h&&(h.textContent=d),a("error",{message:d,line:null,column:null}));addEventListener("hashchange",()=>l(location.hash).kind==="link"&&w());Object.assign(window,{started:!0});
