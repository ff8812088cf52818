//! The header fields that FFmpeg's `trace_headers` filter reads of a stream: names, positions and lengths in bits, values.

use std::path::Path;

use crate::ffmpeg::ffmpeg_that_may_fail;

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
    /// The value of a field; `None` if the unit does not have it.
    pub fn value(&self, name: &str) -> Option<i64> {
        self.0.iter().find(|field| field.name == name).map(|field| field.value)
    }

    /// The number of bits of a slice header including the header of the unit.
    pub fn header_bits(&self) -> usize {
        let last = self.0.iter().rfind(|field| field.name != "cabac_alignment_one_bit");
        last.map_or(0, |field| field.place + field.bits)
    }
}

/// The units of a packet.
#[derive(Default)]
pub struct Packet {
    pub units: Vec<Unit>,
    /// The filter stopped at the last of these units: FFmpeg 7.1.5 stops after the header of every HEVC segment except the
    /// first of a picture. The rest of the packet is then not among the units.
    pub is_cut: bool,
}

impl Packet {
    /// True if the filter read this many units, or fewer if it stopped.
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
    let input = ["-hide_banner", "-nostats", "-i", path.to_str().expect("a plain path")];
    let copy = ["-map", "0:v:0", "-c", "copy", "-copyinkf", "-bsf:v", "trace_headers", "-f", "null", "-"];
    let output = ffmpeg_that_may_fail([&input[..], &copy].concat());
    let log = String::from_utf8_lossy(&output.stderr);
    let (mut groups, mut is_started) = (vec![Packet::default()], false);
    for line in log.lines() {
        // An error message may precede this on the same line.
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
    assert!(is_started, "the filter read a unit: {log}");
    let packets = groups.split_off(1);
    Trace { extradata: groups.remove(0).units, packets }
}

/// Reads a line such as `30   slice_qp_delta    0001100 = 6`. The filter does not show the bits of some kinds of numbers.
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
