//! A call at the moment that is shown.

use std::sync::Arc;

use super::travel;
use crate::call::{BuiltCall, CallSource, KeyTransfer, Observer, PlannedCall, key_transfers};
use crate::gui::model::call_view::Details;
use crate::gui::model::state::State;

/// A call at a moment, as far as it may be shown.
pub(super) struct CallMoment<'a> {
    /// What it is made of.
    pub call: &'a PlannedCall,
    /// All keys that travel.
    pub transfers: Vec<KeyTransfer>,
    /// Seconds since its start.
    pub secs: f64,
    /// The details that are shown.
    pub details: Option<Details>,
    built: Option<Arc<BuiltCall>>,
}

impl<'a> CallMoment<'a> {
    /// A call at a moment. While a lesson asks who sees what, it does not say that.
    pub(super) fn of(source: &'a CallSource, secs: f64, state: &State) -> Self {
        let call = source.call();
        Self {
            call,
            transfers: key_transfers(&call.settings, call.protection),
            secs,
            details: shown_details(state),
            built: source.known().filter(|_| !state.is_predicting()),
        }
    }

    /// True if a party takes part.
    pub(super) fn is_present(&self, party: usize) -> bool {
        self.call.settings.is_present(party, travel::nanos(self.secs))
    }

    /// What an observer has of the video, if the call is made.
    pub(super) fn word(&self, observer: Observer) -> Option<&'static str> {
        Some(self.built.as_ref()?.row(observer)?.video.name())
    }
}

/// The details that are shown: while a lesson waits for a prediction, none that would give the answer away.
pub(super) fn shown_details(state: &State) -> Option<Details> {
    state.call_view.details.filter(|details| matches!(details, Details::Link(_)) || !state.is_predicting())
}
