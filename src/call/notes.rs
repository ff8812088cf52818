//! What must be known to read a table or a card: what is modelled, and what was reported.

use super::observer::Observer;
use super::settings::{CallSettings, EcbKeySize, WaitingRoom};
use super::table::Row;
use crate::wire::protection::Protection;

/// What must be known to read rows of a table, in sentences.
#[must_use]
pub fn notes(settings: &CallSettings, rows: &[Row]) -> Vec<String> {
    let has = |protection| rows.iter().any(|row| row.protection == protection);
    let (first, leaver) = (settings.name(0), settings.name(settings.leaver()));
    let renewed = if settings.is_renewed { " All keys are renewed then." } else { "" };
    let mut notes = vec![format!(
        "Video and audio: what each observer has of {first}'s streams, found by trying. {leaver} leaves after {} s.{renewed}",
        settings.leaving_secs()
    )];
    notes.extend(
        Protection::ALL
            .into_iter()
            .filter(|&protection| has(protection))
            .filter_map(|protection| note_on_protection(settings, protection)),
    );
    let waiting = match settings.waiting_room {
        WaitingRoom::Faulty => {
            "the waiting room as reported until 7 April 2020, carried over to every protection"
        }
        WaitingRoom::Fixed => "the waiting room as since 7 April 2020",
    };
    notes.push(format!(
        "Modelled: one media server that forwards, one key server, and {waiting}. {NO_EVIDENCE}"
    ));
    notes
}

const NO_EVIDENCE: &str = "No evidence is public that an authority obtained a key.";

/// What of a protection is modelled, on which report.
fn note_on_protection(settings: &CallSettings, protection: Protection) -> Option<String> {
    match protection {
        Protection::OneKeyEcb => {
            let size = match settings.ecb_key_size {
                EcbKeySize::Bits128 => "",
                EcbKeySize::Bits256 => " Here the key has 256 bits.",
            };
            Some(format!(
                "Modelled: one-key-ecb, on the report of 3 April 2020 (one AES-128 key per meeting in ECB mode, for audio and \
                 video of all; advertised: AES-256); how packets looked was never published.{size}"
            ))
        }
        Protection::PerStreamGcm => Some(
            "Modelled: per-stream-gcm, on the vendor's papers since version 5.0; nonce, associated data and layout were never \
             published."
                .into(),
        ),
        _ => None,
    }
}

/// What must be known of one observer under one protection, in sentences.
#[must_use]
pub fn notes_on_observer(settings: &CallSettings, protection: Protection, observer: Observer) -> Vec<String> {
    let own = match observer {
        Observer::KeyServer => Some(format!(
            "Reported: a scan found 73 servers, five of them in China, the others in the United States. Which one makes \
             this call's keys, number {} in {}, is modelled. {NO_EVIDENCE}",
            settings.key_server,
            settings.key_server.country(),
        )),
        Observer::Waiting if protection == Protection::OneKeyEcb => {
            Some("Reported until 7 April 2020; repaired on the servers then.".into())
        }
        Observer::Waiting => Some("Modelled: the fault of 2020, carried over to this protection.".into()),
        Observer::Former if !settings.is_renewed => {
            Some("Modelled: the keys stay the same when a party leaves.".into())
        }
        _ => None,
    };
    own.into_iter().chain(note_on_protection(settings, protection)).collect()
}
