//! Reads the captures of a call.

use std::collections::BTreeMap;

use afterimage::wire::capture::Reader;
use afterimage::wire::network::Decoder;
use afterimage::wire::rtp::Packet;

use crate::folder::Folder;

/// A packet of RTP or SRTP in a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    pub time: u64,
    pub source: String,
    pub destination: String,
    pub ssrc: u32,
    pub bytes: Vec<u8>,
}

/// All packets of a capture.
pub fn read(folder: &Folder, name: &str) -> Vec<Captured> {
    let bytes = folder.read(name);
    let mut reader = Reader::new(&bytes[..]).expect("a capture");
    let mut decoder = Decoder::default();
    let mut packets = Vec::new();
    while let Some(captured) = reader.next().expect("a whole capture") {
        let time = captured.time_nanos.expect("a time");
        let datagram = decoder.decode(captured.link_type, captured.bytes).expect("a datagram");
        let packet = Packet::parse(datagram.payload).expect("RTP");
        packets.push(Captured {
            time,
            source: datagram.source.to_string(),
            destination: datagram.destination.to_string(),
            ssrc: packet.ssrc(),
            bytes: datagram.payload.to_vec(),
        });
    }
    assert_eq!(reader.truncated_at(), None);
    packets
}

/// The share of blocks of 16 bytes in the payloads of a stream on its first link that equal another one.
pub fn repeated_share(packets: &[Captured], ssrc: u32) -> f64 {
    let source = &packets.iter().find(|packet| packet.ssrc == ssrc).expect("the stream").source;
    let mut counts: BTreeMap<&[u8], usize> = BTreeMap::new();
    for packet in packets.iter().filter(|packet| packet.ssrc == ssrc && packet.source == *source) {
        packet.bytes[12..].chunks_exact(16).for_each(|block| *counts.entry(block).or_default() += 1);
    }
    let all: usize = counts.values().sum();
    let repeated: usize = counts.values().filter(|&&count| count > 1).sum();
    repeated as f64 / all as f64
}
