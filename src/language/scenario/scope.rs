//! What names refer to in a text: nodes, lanes and the words of their algorithms.

use crate::vocabulary::{CommandWord, ROLE_VALUES, Words};
use election_base::{NodeId, SERVICES_MAX};

use super::ast::{Lane, LaneSet, Who};
use super::cursor::{Cursor, Res};
use super::error::{About, Error, HOLE, list, quote};
use super::lex::{Place, TokenKind};
use super::table::{ROLES, names};
use super::values::digits;

/// The members of a scenario, once they are known.
#[derive(Clone, Copy)]
pub(super) struct Nodes<'s> {
    /// Their ids in ring order.
    pub ids: &'s [NodeId],
    /// The names of the members that have one.
    pub names: &'s [(NodeId, String)],
}

impl Nodes<'_> {
    /// The member whose id or name is `word`.
    pub fn find(self, word: &str) -> Option<NodeId> {
        match digits(word) {
            Some(id) => u32::try_from(id).ok().map(NodeId).filter(|id| self.ids.contains(id)),
            None => self.names.iter().find(|(_, name)| name == word).map(|(id, _)| *id),
        }
    }

    /// Adds the members that `word` may mean to an error.
    #[cold]
    #[inline(never)]
    pub fn offer(self, word: &str, error: Box<Error>) -> Box<Error> {
        let mut error = error.near(word, self.names.iter().map(|(_, name)| name.as_str()));
        if word == HOLE {
            for id in self.ids.iter().filter(|id| self.names.iter().all(|(named, _)| named != *id)) {
                error = error.offer(&id.to_string(), "");
            }
        }
        error
    }
}

/// The name of the group that a coordination service's nodes form.
pub(super) const SERVICE: &str = "service";
/// The word for the leader of [`SERVICE`].
pub(super) const SERVICE_LEADER: &str = "service-leader";

/// The nodes and lanes of a scenario, once they are known.
pub(super) struct Scope<'s> {
    pub nodes: Nodes<'s>,
    pub lanes: &'s [Lane],
    pub vocabulary: &'static [Words],
}

/// The lanes that a statement names, and where it names them.
#[derive(Clone, Copy)]
pub(super) struct Named {
    pub lanes: LaneSet,
    pub place: Place,
}

/// Which nodes other than members may be named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// Members and services.
    Nodes,
    /// Members, services and the store: the possible ends of a link.
    Links,
}

impl Scope<'_> {
    /// All lanes.
    pub fn all(&self) -> LaneSet {
        self.lanes_where(|_| true)
    }

    /// The lanes whose algorithm satisfies `holds`.
    pub fn lanes_where(&self, holds: impl Fn(&'static Words) -> bool) -> LaneSet {
        let bits = self.lanes.iter().enumerate();
        bits.fold(0, |set, (i, lane)| set | (LaneSet::from(holds(&self.vocabulary[lane.algorithm])) << i))
    }

    /// The lanes that `name` refers to: the lane of that name, otherwise every lane of that algorithm.
    pub fn lanes_of(&self, name: &str) -> LaneSet {
        match self.lanes.iter().position(|lane| lane.name == name) {
            Some(i) => 1 << i,
            None => self.lanes_where(|words| words.id == name),
        }
    }

    /// True for the name of a lane or of any algorithm, even one that no lane runs.
    pub fn is_lane(&self, name: &str) -> bool {
        self.lanes.iter().any(|lane| lane.name == name) || self.vocabulary.iter().any(|w| w.id == name)
    }

    /// The commands of all algorithms, without repetition.
    pub fn commands(&self) -> impl Iterator<Item = &'static CommandWord> + Clone {
        let vocabulary = self.vocabulary;
        vocabulary.iter().enumerate().flat_map(move |(i, words)| {
            let before =
                move |name| vocabulary[..i].iter().any(|w| w.commands.iter().any(|c| c.name == name));
            words.commands.iter().filter(move |command| !before(command.name))
        })
    }

    /// Whether a word is a command of some algorithm.
    pub fn is_command(&self, word: &str) -> bool {
        self.commands().any(|command| command.name == word)
    }

    /// The values that a node's field `role` can have in any algorithm.
    pub fn roles(&self) -> Vec<&'static str> {
        let mut roles = Vec::new();
        for role in self.vocabulary.iter().flat_map(|words| words.roles).chain(ROLE_VALUES) {
            if !roles.contains(role) {
                roles.push(*role);
            }
        }
        roles
    }

    /// The names that refer to lanes.
    pub fn lane_names(&self) -> impl Iterator<Item = &str> + Clone {
        let algorithms = self.lanes.iter().map(|lane| self.vocabulary[lane.algorithm].id);
        let algorithms = algorithms.filter(|id| self.lanes.iter().all(|lane| lane.name != *id));
        self.lanes.iter().map(|lane| lane.name.as_str()).chain(algorithms)
    }

    /// The leading words that name lanes; all lanes if there are none.
    pub fn leading_lanes(&self, cursor: &mut Cursor<'_>) -> Res<Named> {
        let mut named = Named { lanes: 0, place: cursor.place() };
        let mut any = false;
        while cursor.kind() == Some(TokenKind::Word) && self.is_lane(cursor.peek()) {
            named.place = named.place.to(cursor.place());
            named.lanes |= self.one_lane(cursor)?;
            any = true;
        }
        if !any {
            named.lanes = self.all();
        }
        Ok(named)
    }

    /// The lanes before a colon, if there is one: `ring raft: …`.
    pub fn lanes_before_colon(&self, cursor: &mut Cursor<'_>) -> Res<Option<LaneSet>> {
        let Some(count) = cursor.find(|kind, _| kind == TokenKind::Colon) else { return Ok(None) };
        let mut front = cursor.split(count);
        cursor.skip();
        let mut lanes = self.one_lane(&mut front)?;
        while !front.is_empty() {
            lanes |= self.one_lane(&mut front)?;
        }
        Ok(Some(lanes))
    }

    /// The name of a lane, or of an algorithm that some lane runs.
    pub fn one_lane(&self, cursor: &mut Cursor<'_>) -> Res<LaneSet> {
        let (name, place) = cursor.word("the name of a lane")?;
        match self.lanes_of(name) {
            0 => {
                let expected = format!("the name of a lane: {}", list(self.lane_names()));
                let error = Error::new(place, quote(name), expected).about(About::Lanes);
                let error = error.near(name, self.lane_names());
                let known = self.vocabulary.iter().any(|words| words.id == name);
                Err(if known {
                    error.advise(format!("Add `{name}` to `lanes`, or delete this statement."))
                } else {
                    error
                })
            }
            set => Ok(set),
        }
    }

    /// One word that selects nodes.
    pub fn one_who(&self, cursor: &mut Cursor<'_>, ends: Ends) -> Res<Who> {
        let place = cursor.place();
        let (word, _) = cursor.word("a node")?;
        if word == SERVICE_LEADER || word == "leader" && cursor.eat("of") {
            return Ok(Who::LeaderOf(self.group(
                word,
                place,
                cursor,
                self.lanes_where(|w| !w.groups.is_empty()),
            )?));
        }
        if let Some(who) = role(word) {
            return Ok(who);
        }
        if let Some(id) = other(word) {
            return match (id, ends) {
                (NodeId::STORE, Ends::Nodes) => Err(Error::new(place, quote(word), "a node")
                    .advise("The store can only be the end of a link, as in `cut 3 - store`.")),
                _ => Ok(Who::Node(id)),
            };
        }
        match (self.member(word), digits(word)) {
            (Some(id), _) => return Ok(Who::Node(id)),
            (None, Some(_)) => {
                let error = Error::new(place, quote(word), "the id of a node").about(About::Nodes);
                return Err(error.advise(format!("The nodes are {}.", self.ids())));
            }
            (None, None) => {}
        }
        let error =
            Error::new(place, quote(word), format!("a node: its id, `service`, {}", list(names(ROLES))));
        if word == HOLE {
            return Err(self.offer_who(error, ends));
        }
        let mut known: Vec<&str> = names(ROLES).chain(["service", "store"]).collect();
        known.extend(self.nodes.names.iter().map(|(_, name)| name.as_str()));
        let joined = word.split_once('-').filter(|(a, b)| digits(a).is_some() && digits(b).is_some());
        Err(match joined {
            Some((a, b)) => error.advise(format!("Write spaces around the dash: `{a} - {b}`.")),
            None => error.near(word, known),
        })
    }

    /// Adds every word that selects nodes here.
    #[cold]
    #[inline(never)]
    fn offer_who(&self, error: Box<Error>, ends: Ends) -> Box<Error> {
        let served = self.lanes_where(|words| words.service) != 0;
        let mut error = self.nodes.offer(HOLE, error);
        for role in ROLES.iter().filter(|role| role.name != SERVICE_LEADER || served) {
            error = error.offer(role.name, role.syntax);
        }
        if served {
            error = error.offer(SERVICE, "");
        }
        if ends == Ends::Links { error.offer("store", "") } else { error }
    }

    /// The group that follows `word`, or that `word` itself implies if it is `service-leader`. Each of `lanes` must
    /// have it.
    pub fn group(&self, word: &str, at: Place, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<String> {
        let (name, place) =
            if word == SERVICE_LEADER { (SERVICE, at) } else { cursor.word("the name of a group")? };
        let meant = || self.lanes.iter().enumerate().filter(move |(i, _)| lanes >> i & 1 == 1);
        let groups = |algorithm: usize| self.vocabulary[algorithm].groups;
        let mut known: Vec<&str> = Vec::new();
        meant().flat_map(|(_, lane)| groups(lane.algorithm)).for_each(|name| {
            if !known.contains(name) {
                known.push(name);
            }
        });
        let found = quote(if word == SERVICE_LEADER { word } else { name });
        if !known.contains(&name) {
            if !known.is_empty() {
                let expected = format!("a group: {}", list(known.iter().copied()));
                let error = Error::new(place, found, expected).about(About::Lanes);
                // Every lane must have the group.
                known.retain(|name| meant().all(|(_, lane)| groups(lane.algorithm).contains(name)));
                return Err(error.near(name, known));
            }
            let all = if lanes == 0 { self.all() } else { lanes };
            let lanes = self.lanes.iter().enumerate().filter(|(i, _)| all >> i & 1 == 1);
            let ids: Vec<&str> = lanes.map(|(_, lane)| self.vocabulary[lane.algorithm].id).collect();
            let error = Error::new(place, found, "a group with its own leader").about(About::Lanes);
            return Err(
                error.advise(format!("There are no groups in {}; write `leader`.", list(ids.into_iter())))
            );
        }
        if let Some((_, lane)) = meant().find(|(_, lane)| !groups(lane.algorithm).contains(&name)) {
            let error = Error::new(place, found, format!("a group that `{}` also has", lane.name));
            let error = error.about(About::Lanes);
            return Err(error.advise("Name the lanes that have it before the condition."));
        }
        Ok(name.to_string())
    }

    /// Words that select nodes, up to the cursor's end.
    pub fn who(&self, cursor: &mut Cursor<'_>, ends: Ends) -> Res<Who> {
        let first = self.one_who(cursor, ends)?;
        if cursor.is_empty() {
            return Ok(first);
        }
        let mut several = vec![first];
        while !cursor.is_empty() {
            let place = cursor.place();
            let listed = |word: &str| several.iter().any(|who| self.names(word, who));
            let who = self.one_who(cursor, ends).map_err(|error| error.without(&listed))?;
            if several.contains(&who) {
                return Err(Error::new(place, format!("a second `{who}`"), "each node only once"));
            }
            several.push(who);
        }
        Ok(Who::Several(several))
    }

    /// Whether a word names exactly these nodes.
    pub fn names(&self, word: &str, who: &Who) -> bool {
        match who {
            Who::Node(id) => self.member(word).or_else(|| other(word)) == Some(*id),
            Who::Several(list) => list.iter().any(|who| self.names(word, who)),
            who => who.to_string() == word,
        }
    }

    /// The lanes in which `who` can refer to a node: a service's node needs a service.
    pub fn lanes_with(&self, who: &Who) -> LaneSet {
        match who {
            Who::Node(id) if id.is_service() => self.lanes_where(|words| words.service),
            Who::LeaderOf(group) => self.lanes_where(|words| words.groups.contains(&group.as_str())),
            Who::Several(list) => list.iter().fold(0, |set, who| set | self.lanes_with(who)),
            _ => self.all(),
        }
    }

    /// The member whose id or name is `word`.
    pub fn member(&self, word: &str) -> Option<NodeId> {
        self.nodes.find(word)
    }

    /// The ids for a sentence, as a range if they are consecutive from 1.
    fn ids(&self) -> String {
        let ids = self.nodes.ids;
        let in_row = ids.iter().enumerate().all(|(i, id)| id.0 as usize == i + 1);
        if in_row && ids.len() > 1 {
            return format!("1 to {}", ids.len());
        }
        const SHOWN_MAX: usize = 16;
        let shown = ids.iter().take(SHOWN_MAX).map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if ids.len() > SHOWN_MAX { format!("{shown}, …") } else { shown }
    }
}

/// The selector that a word names.
fn role(word: &str) -> Option<Who> {
    Some(match word {
        "leader" => Who::Leader,
        "follower" => Who::Follower,
        "candidate" => Who::Candidate,
        "all" => Who::All,
        "majority" => Who::Majority,
        "minority" => Who::Minority,
        _ => return None,
    })
}

/// The non-member node that a word names.
pub(super) fn other(word: &str) -> Option<NodeId> {
    match word {
        "store" => Some(NodeId::STORE),
        "service" => Some(NodeId::service(0)),
        _ => {
            let digit = word.strip_prefix('s').filter(|rest| rest.len() == 1)?;
            let number = u32::try_from(digits(digit)?).ok()?;
            (1..=SERVICES_MAX as u32).contains(&number).then(|| NodeId::service(number - 1))
        }
    }
}
