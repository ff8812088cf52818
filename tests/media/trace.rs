//! What FFmpeg's `trace_headers` filter reads in the headers of a stream: names, places and lengths in bits, values.

use std::path::Path;
use std::process::Command;

/// A field of a header.
pub struct Field {
    /// The bit of its unit at which it begins, without bytes that prevent start codes.
    pub place: usize,
    pub name: String,
    pub bits: usize,
    pub value: i64,
}

/// The fields of a unit: a NAL unit or an OBU.
#[derive(Default)]
pub struct Unit(pub Vec<Field>);

impl Unit {
    /// The value of a field, where the unit has it.
    pub fn value(&self, name: &str) -> Option<i64> {
        self.0.iter().find(|field| field.name == name).map(|field| field.value)
    }

    /// Bits of a slice header with the unit's header.
    pub fn header_bits(&self) -> usize {
        let last = self.0.iter().rfind(|field| field.name != "cabac_alignment_one_bit");
        last.map_or(0, |field| field.place + field.bits)
    }
}

/// The units of a packet.
#[derive(Default)]
pub struct Packet {
    pub units: Vec<Unit>,
    /// The filter gave up at the last of these units: FFmpeg 7.1.5 does so at every segment of HEVC but the first of a
    /// picture, once it has shown the header. What follows in the packet is then not among the units.
    pub is_cut: bool,
}

impl Packet {
    /// True where so many units are all that the filter read, or more where it gave up.
    pub fn is_part_of(&self, units: usize) -> bool {
        if self.is_cut { self.units.len() <= units } else { self.units.len() == units }
    }
}

/// The units of a file: those of the extra data first, then those of each packet.
pub struct Trace {
    pub extradata: Vec<Unit>,
    pub packets: Vec<Packet>,
}

/// Reads the headers of a file's video.
pub fn trace(path: &Path) -> Trace {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostats", "-i"])
        .arg(path)
        .args(["-map", "0:v:0", "-c", "copy", "-copyinkf", "-bsf:v", "trace_headers", "-f", "null", "-"])
        .output()
        .expect("the ffmpeg program; Debian has it in the package ffmpeg");
    let said = String::from_utf8_lossy(&output.stderr);
    let (mut groups, mut is_started) = (vec![Packet::default()], false);
    for line in said.lines() {
        // An error of the program may stand before this on the same line.
        if line.contains("Packet: ") {
            groups.push(Packet::default());
        }
        let Some(line) = line.strip_prefix("[trace_headers @ ") else { continue };
        let line = line.split_once("] ").map_or("", |(_, line)| line);
        let Packet { units, is_cut } = groups.last_mut().expect("a group");
        *is_cut |= line.starts_with("Failed to read unit");
        let Some(field) = field(line) else { continue };
        if matches!(&*field.name, "forbidden_zero_bit" | "obu_forbidden_bit") {
            units.push(Unit::default());
            is_started = true;
        }
        if let Some(unit) = units.last_mut() {
            unit.0.push(field);
        }
    }
    assert!(is_started, "the filter read a unit: {said}");
    let packets = groups.split_off(1);
    Trace { extradata: groups.remove(0).units, packets }
}

/// `30   slice_qp_delta    0001100 = 6`. The bits of some kinds of numbers are not shown.
fn field(line: &str) -> Option<Field> {
    let (rest, value) = line.rsplit_once(" = ")?;
    let mut words = rest.split_whitespace();
    Some(Field {
        place: words.next()?.parse().ok()?,
        name: words.next()?.to_owned(),
        bits: words.next().map_or(0, str::len),
        value: value.parse().ok()?,
    })
}
