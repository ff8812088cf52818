//! The table, found by trying, against one derived from sets of packets and keys alone.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::{json, stdout};

const PROTECTIONS: [&str; 5] = ["one-key-ecb", "per-stream-gcm", "srtp", "srtp-gcm", "sframe"];
const MEDIA: [&str; 3] = ["h264", "raw", "mjpeg"];
const OBSERVERS: [&str; 6] = ["participant", "wire", "server", "key-server", "waiting", "former"];

/// A variant of the call.
#[derive(Clone, Copy, Debug)]
struct Variant {
    parties: &'static [&'static str],
    is_renewed: bool,
    is_fixed: bool,
    /// Who leaves, by number, if it is not the last one, and when.
    leaves: Option<(usize, &'static str)>,
    key_size: &'static str,
}

const USUAL: Variant = Variant {
    parties: &["ada", "bo", "cy"],
    is_renewed: false,
    is_fixed: false,
    leaves: None,
    key_size: "128",
};

/// Packets of the first party's streams: on which link, and in which half of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Packets {
    /// `None` is the link from the first party to the server; else the link down to this party.
    down_to: Option<usize>,
    half: usize,
}

impl Variant {
    fn leaver(&self) -> usize {
        self.leaves.map_or(self.parties.len() - 1, |(party, _)| party)
    }

    /// Parts of the call, before and after the party has left, in which a party takes part.
    fn halves(&self, party: usize) -> &'static [usize] {
        if party == self.leaver() { &[0] } else { &[0, 1] }
    }

    /// A label in each of these halves.
    fn labels(&self, label: &str, halves: &[usize]) -> Vec<String> {
        let named = |&half: &usize| {
            if half == 1 && self.is_renewed { format!("{label}/1") } else { label.to_owned() }
        };
        halves.iter().map(named).collect()
    }

    /// The keys that open packets.
    fn needed(&self, protection: &str, packets: Packets, kind: &str) -> BTreeSet<String> {
        let first = self.parties[0];
        let hop = match packets.down_to {
            None => format!("hop/{first}/up"),
            Some(party) => format!("hop/{}/down", self.parties[party]),
        };
        let labels = match protection {
            "one-key-ecb" | "per-stream-gcm" => vec!["meeting".to_owned()],
            "srtp" | "srtp-gcm" => vec![hop],
            _ => vec![hop, format!("sframe/{first}/{kind}")],
        };
        labels.iter().flat_map(|label| self.labels(label, &[packets.half])).collect()
    }

    /// The keys that a party gets while it takes part.
    fn keys_of(&self, protection: &str, party: usize) -> BTreeSet<String> {
        let (name, halves) = (self.parties[party], self.halves(party));
        if protection == "one-key-ecb" || protection == "per-stream-gcm" {
            return self.labels("meeting", halves).into_iter().collect();
        }
        let mut keys: BTreeSet<String> = BTreeSet::new();
        for end in ["up", "down"] {
            keys.extend(self.labels(&format!("hop/{name}/{end}"), halves));
        }
        if protection == "sframe" {
            for (sender, other) in self.parties.iter().enumerate() {
                let both: Vec<usize> =
                    halves.iter().copied().filter(|half| self.halves(sender).contains(half)).collect();
                for kind in ["video", "audio"] {
                    keys.extend(self.labels(&format!("sframe/{other}/{kind}"), &both));
                }
            }
        }
        keys
    }

    fn held(&self, protection: &str, observer: &str) -> BTreeSet<String> {
        let has_meeting = ["one-key-ecb", "per-stream-gcm"].contains(&protection);
        match observer {
            "participant" => self.keys_of(protection, 1),
            "waiting" if !self.is_fixed => self.keys_of(protection, 1),
            "former" => self.keys_of(protection, self.leaver()),
            "key-server" if has_meeting => self.labels("meeting", &[0, 1]).into_iter().collect(),
            "server" if !has_meeting => (0..self.parties.len())
                .flat_map(|party| {
                    let name = self.parties[party];
                    let both = ["up", "down"].map(|end| format!("hop/{name}/{end}"));
                    both.into_iter().flat_map(move |label| self.labels(&label, self.halves(party)))
                })
                .collect(),
            _ => BTreeSet::new(),
        }
    }

    /// The packets of a kind that an observer sees in the half of the call, or both halves, that it is judged by.
    fn seen(&self, observer: &str, kind: &str) -> (Vec<Packets>, &'static [usize]) {
        let on = |down_to, halves: &[usize]| -> Vec<Packets> {
            halves.iter().map(|&half| Packets { down_to, half }).collect()
        };
        match observer {
            "wire" | "key-server" => (on(None, &[0, 1]), &[0, 1]),
            "server" => {
                let mut all = on(None, &[0, 1]);
                for party in 1..self.parties.len() {
                    all.extend(on(Some(party), self.halves(party)));
                }
                (all, &[0, 1])
            }
            "waiting" if self.is_fixed || kind == "audio" => (Vec::new(), &[0, 1]),
            "participant" | "waiting" => (on(Some(1), self.halves(1)), self.halves(1)),
            _ => (on(None, &[1]), &[1]),
        }
    }

    /// The verdict from sets alone. The source is flat, so that raw media repeat under ECB.
    fn verdict(&self, (protection, media, observer): (&str, &str, &str), kind: &str) -> &'static str {
        let (seen, judged) = self.seen(observer, kind);
        let held = self.held(protection, observer);
        let is_open = |&half: &usize| {
            let in_half = seen.iter().filter(|packets| packets.half == half);
            in_half.clone().any(|&packets| self.needed(protection, packets, kind).is_subset(&held))
        };
        if seen.is_empty() {
            "nothing"
        } else if judged.iter().all(is_open) {
            if kind == "video" { "picture" } else { "sound" }
        } else if kind == "video" && media == "raw" && protection == "one-key-ecb" {
            "outlines"
        } else {
            "sizes"
        }
    }

    fn arguments(&self, source: &str) -> Vec<String> {
        let mut arguments: Vec<String> =
            ["call", "--table", "--format", "json", "--seconds", "2"].map(String::from).to_vec();
        for name in self.parties {
            arguments.extend(["--party".into(), format!("{name}={source}")]);
        }
        arguments.extend(["--key-size".into(), self.key_size.into()]);
        if let Some((party, secs)) = self.leaves {
            arguments.extend(["--leaves".into(), format!("{}@{secs}", self.parties[party])]);
        }
        arguments.extend(self.is_renewed.then(|| "--renew".into()));
        arguments.extend(self.is_fixed.then(|| "--waiting-room=fixed".into()));
        arguments
    }
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_else(|| panic!("{name} in {row}"))
}

fn check(variant: Variant) -> Value {
    let table = json(variant.arguments("pattern:moving-box@160x96"));
    let mut rows = table.as_array().expect("a list").iter();
    for protection in PROTECTIONS {
        for media in MEDIA {
            for observer in OBSERVERS {
                let row = rows.next().unwrap_or_else(|| panic!("no row {protection} {media} {observer}"));
                let place = (protection, media, observer);
                assert_eq!((text(row, "protection"), text(row, "media"), text(row, "observer")), place);
                let found = (text(row, "video"), text(row, "audio"));
                let derived = (variant.verdict(place, "video"), variant.verdict(place, "audio"));
                assert_eq!(found, derived, "{variant:?}: {row}");
                let keys: BTreeSet<String> = row["keys"]
                    .as_array()
                    .expect("a list")
                    .iter()
                    .map(|key| key.as_str().expect("a label").to_owned())
                    .collect();
                assert_eq!(keys, variant.held(protection, observer), "{variant:?}: {row}");
                assert!(text(row, "why").ends_with('.'), "{row}");
            }
        }
    }
    assert!(rows.next().is_none());
    table
}

#[test]
fn the_table_is_what_packets_and_keys_allow() {
    let usual = check(USUAL);
    // AES-256 in ECB changes no verdict and no reason.
    assert_eq!(check(Variant { key_size: "256", ..USUAL }), usual);
}

#[test]
fn renewed_keys_and_a_repaired_waiting_room_change_what_packets_and_keys_allow() {
    check(Variant { is_renewed: true, ..USUAL });
    check(Variant { is_renewed: true, is_fixed: true, ..USUAL });
    check(Variant { is_fixed: true, ..USUAL });
}

#[test]
fn calls_of_two_and_of_four_have_the_same_rules() {
    check(Variant { parties: &["ada", "bo"], is_renewed: true, ..USUAL });
    check(Variant { parties: &["ada", "bo", "cy", "di"], is_renewed: true, ..USUAL });
}

#[test]
fn any_other_party_can_leave_at_any_time() {
    let four = Variant { parties: &["ada", "bo", "cy", "di"], is_renewed: true, ..USUAL };
    check(Variant { leaves: Some((2, "0.7")), ..four });
    check(Variant { leaves: Some((1, "1.5")), ..four });
}

#[test]
fn renewal_locks_the_former_party_out_of_a_meeting_with_one_key() {
    let former = |renew: &[&str]| {
        let arguments =
            ["call", "pattern:moving-box@160x96", "--table", "--format", "json", "--seconds", "2"];
        let choice = ["--observer", "former", "--protection", "one-key-ecb", "--media", "h264"];
        let table = json(arguments.iter().chain(&choice).chain(renew));
        (text(&table[0], "video").to_owned(), text(&table[0], "audio").to_owned())
    };
    assert_eq!(former(&[]), ("picture".into(), "sound".into()));
    assert_eq!(former(&["--renew"]), ("sizes".into(), "sizes".into()));
}

#[test]
fn a_picture_of_noise_has_no_outlines_under_ecb() {
    let arguments = ["call", "pattern:noise@320x180", "--table", "--format", "json", "--seconds", "1"];
    let choice = ["--observer", "wire", "--protection", "one-key-ecb", "--media", "raw"];
    let table = json(arguments.iter().chain(&choice));
    assert_eq!(text(&table[0], "video"), "sizes");
    assert_eq!(table.as_array().map(Vec::len), Some(1));
}

#[test]
fn text_states_what_is_modelled_and_csv_has_the_keys_of_json() {
    let arguments = ["call", "pattern:bars@64x48", "--table", "--seconds", "1", "--media", "h264"];
    let print = stdout(arguments);
    for said in
        ["one-key-ecb (modelled), h264", "Modelled: one-key-ecb", "advertised: AES-256", "never published"]
    {
        assert!(print.contains(said), "{said}: {print}");
    }
    assert!(!print.contains("srtp (modelled)"), "{print}");
    assert!(print.lines().all(|line| line.chars().count() <= 100), "{print}");
    let csv = stdout(arguments.iter().chain(&["--format", "csv"]));
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("protection,media,observer,video,audio,keys,why"));
    assert_eq!(lines.count(), PROTECTIONS.len() * OBSERVERS.len());
}
