//! Spent, held and waited for, under the caps of a run and its stages.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::{Held, Purse, Spend};
use crate::limit::PriorityQueue;
use crate::{Budget, Error, ErrorKind};

/// The run's caps and those of its stages.
pub(super) struct State {
    run: Scope,
    stages: Vec<Scope>,
    waiting: PriorityQueue<Waiter>,
}

struct Scope {
    /// The stage, if it is one's.
    name: Option<String>,
    caps: Budget,
    spent: Spend,
    held: Spend,
    num_held: u64,
}

struct Waiter {
    stage: Option<usize>,
    amount: Spend,
    sender: oneshot::Sender<Result<Held, Error>>,
}

impl State {
    pub(super) fn new(budget: &Budget) -> State {
        let scope = |name: Option<&String>, caps: &Budget| Scope {
            name: name.cloned(),
            caps: caps.clone(),
            spent: Spend::default(),
            held: Spend::default(),
            num_held: 0,
        };
        State {
            run: scope(None, budget),
            stages: budget.stages.iter().map(|(name, caps)| scope(Some(name), caps)).collect(),
            waiting: PriorityQueue::new(),
        }
    }

    pub(super) fn stage(&self, name: &str) -> Option<usize> {
        self.stages.iter().position(|scope| scope.name.as_deref() == Some(name))
    }

    /// Whether nobody waits.
    pub(super) fn is_quiet(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Holds an amount if it fits now.
    ///
    /// # Errors
    /// It cannot fit, whatever the calls in flight give back.
    pub(super) fn hold(&mut self, stage: Option<usize>, amount: Spend) -> Result<bool, Error> {
        let scopes = || std::iter::once(&self.run).chain(stage.and_then(|idx| self.stages.get(idx)));
        for scope in scopes() {
            if let Some(message) = scope.hopeless(amount) {
                return Err(Error::new(ErrorKind::Budget, message));
            }
        }
        let fits = scopes().all(|scope| scope.over(scope.spent.plus(scope.held).plus(amount)).is_none());
        if fits {
            self.change(stage, |scope| {
                scope.held = scope.held.plus(amount);
                scope.num_held += 1;
            });
        }
        Ok(fits)
    }

    /// Gives back what was held, less what was spent.
    pub(super) fn settle(&mut self, stage: Option<usize>, held: Spend, spent: Spend) {
        self.change(stage, |scope| {
            scope.spent = scope.spent.plus(spent);
            scope.num_held = scope.num_held.saturating_sub(1);
            // Sums of fractions drift; with nothing held they start again at zero.
            scope.held = if scope.num_held == 0 { Spend::default() } else { scope.held.minus(held) };
        });
    }

    pub(super) fn wait(
        &mut self,
        priority: u32,
        stage: Option<usize>,
        amount: Spend,
        sender: oneshot::Sender<Result<Held, Error>>,
    ) {
        self.waiting.push(priority, Waiter { stage, amount, sender });
    }

    /// Lets those go who wait and whose amount fits, in order, and tells those who wait in vain.
    pub(super) fn serve(&mut self, purse: &Arc<Purse>) {
        while let Some(first) = self.waiting.peek() {
            let (stage, amount) = (first.stage, first.amount);
            let result = match self.hold(stage, amount) {
                Ok(false) => return,
                Ok(true) => Ok(purse.held(stage, amount)),
                Err(error) => Err(error),
            };
            let Some(waiter) = self.waiting.pop() else { return };
            if let Err(Ok(mut held)) = waiter.sender.send(result) {
                // Whoever waited has gone. Its drop would lock what is locked here.
                held.purse = None;
                self.settle(stage, amount, Spend::default());
            }
        }
    }

    fn change(&mut self, stage: Option<usize>, change: impl Fn(&mut Scope)) {
        change(&mut self.run);
        if let Some(scope) = stage.and_then(|idx| self.stages.get_mut(idx)) {
            change(scope);
        }
    }
}

impl Scope {
    /// The cap that an amount would exceed.
    fn over(&self, amount: Spend) -> Option<&'static str> {
        let caps = &self.caps;
        if caps.max_cost.is_some_and(|cap| amount.cost > cap) {
            Some("max_cost")
        } else if caps.max_tokens_in.is_some_and(|cap| amount.tokens_in > cap) {
            Some("max_tokens_in")
        } else if caps.max_tokens_out.is_some_and(|cap| amount.tokens_out > cap) {
            Some("max_tokens_out")
        } else {
            None
        }
    }

    /// Says why an amount does not fit, even if everything held were given back.
    fn hopeless(&self, amount: Spend) -> Option<String> {
        let name = self.over(self.spent.plus(amount))?;
        let of = |spend: Spend| match name {
            "max_cost" => format!("{:.4}", spend.cost),
            "max_tokens_in" => spend.tokens_in.to_string(),
            _ => spend.tokens_out.to_string(),
        };
        let cap = match name {
            "max_cost" => self.caps.max_cost.map(|cap| format!("{cap:.4}")),
            "max_tokens_in" => self.caps.max_tokens_in.map(|cap| cap.to_string()),
            _ => self.caps.max_tokens_out.map(|cap| cap.to_string()),
        };
        let whose = self.name.as_ref().map_or("the run".to_owned(), |stage| format!("stage `{stage}`"));
        Some(format!(
            "the budget of {whose} is reached: `{name}` is {}, {} is spent and the next call may need {}; raise \
             `{name}` and run again, nothing that was paid is paid twice",
            cap.unwrap_or_default(),
            of(self.spent),
            of(amount),
        ))
    }
}

/// The error of one who waited for a purse that is gone.
pub(super) fn gone() -> Error {
    Error::new(ErrorKind::Stopped, "the run has stopped")
}
