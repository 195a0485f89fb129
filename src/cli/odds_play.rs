//! Plays the futures of a run on all cores.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use election_playground::meter::Meter;
use election_playground::odds::{Curve, Future, Player, Problem};
use election_playground::registry::BUILT_IN;

/// What to play: a text, the position of a lane, an outcome.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The text.
    pub text: &'a str,
    /// The position of the lane.
    pub lane: usize,
    /// The outcome.
    pub outcome: &'a str,
}

impl Question<'_> {
    fn player(self) -> Result<Player, Problem> {
        Player::new(&BUILT_IN, self.text, self.lane, self.outcome)
    }
}

/// The futures of the point in work. A player cannot move between threads, so each thread has one of its own.
struct Point {
    /// The number of the next future.
    next: AtomicU32,
    /// What the futures came to, with their numbers.
    played: Mutex<Vec<(u32, Future)>>,
}

/// The complete curve, with a player that knows its lane. It is the same on any number of cores.
///
/// # Errors
/// If the text or the outcome has errors.
pub fn curve(question: Question<'_>, futures: u32) -> Result<(Player, Curve), Problem> {
    let unlimited = &mut Meter::unlimited();
    let mut player = question.player()?;
    let survey = player.survey(unlimited).expect("the meter is unlimited");
    let mut curve = Curve::new(survey, futures);
    let others = thread::available_parallelism().map_or(0, |it| it.get() - 1).min(futures as usize - 1);
    let point = Point { next: AtomicU32::new(0), played: Mutex::default() };
    thread::scope(|scope| {
        let hands: Vec<(Sender<u32>, Receiver<()>)> = (0..others)
            .map(|_| {
                let ((to, orders), (report, from)) = (channel(), channel());
                let point = &point;
                scope.spawn(move || help(question, point, futures, &orders, &report));
                (to, from)
            })
            .collect();
        while let Some(step) = curve.next_step() {
            point.next.store(0, Ordering::SeqCst);
            // A hand that is gone is no loss: the others play what is left.
            hands.iter().for_each(|(to, _)| {
                let _ = to.send(step);
            });
            work(&mut player, step, &point, futures);
            hands.iter().for_each(|(_, from)| {
                let _ = from.recv();
            });
            let mut played = std::mem::take(&mut *point.played.lock().expect("no run panics"));
            played.sort_unstable_by_key(|(index, _)| *index);
            let (left, mut kept) = (curve.units_left(), Vec::new());
            // Where the budget ends, whatever was played beyond it is left out.
            for (_, future) in played {
                if curve.goes_on(&kept, left) {
                    kept.push(future);
                }
            }
            let place = player.place(step, unlimited).expect("the meter is unlimited");
            curve.put(step, place, &kept);
        }
    });
    while !player.tell(&mut curve, unlimited) {}
    Ok((player, curve))
}

/// A thread's life: it plays futures of each point that it is told.
fn help(question: Question<'_>, point: &Point, futures: u32, orders: &Receiver<u32>, report: &Sender<()>) {
    let Ok(mut player) = question.player() else { return };
    // The run itself has to be computed here, too.
    player.survey(&mut Meter::unlimited());
    while let Ok(step) = orders.recv() {
        work(&mut player, step, point, futures);
        if report.send(()).is_err() {
            return;
        }
    }
}

fn work(player: &mut Player, step: u32, point: &Point, futures: u32) {
    loop {
        let index = point.next.fetch_add(1, Ordering::SeqCst);
        if futures <= index {
            return;
        }
        let future = player.play(step, index, &mut Meter::unlimited()).expect("the meter is unlimited");
        point.played.lock().expect("no run panics").push((index, future));
    }
}
