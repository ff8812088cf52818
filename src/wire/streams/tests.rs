#![expect(
    clippy::cast_possible_truncation,
    reason = "numbers wrap on purpose, and captures of tests are short"
)]

use std::net::SocketAddr;

use proptest::prelude::*;

use super::*;
use crate::wire::capture::{PcapngWriter, Reader};
use crate::wire::network::{UdpDatagram, write_udp_frame};
use crate::wire::rtp::{Header, Packet};

const FLOW: (&str, &str) = ("192.0.2.10:40000", "192.0.2.1:40000");

fn rtp(ssrc: u32, payload_type: u8, sequence: u16, timestamp: u32) -> Vec<u8> {
    let mut packet = Vec::new();
    let header = Header { payload_type, sequence, timestamp, ssrc, ..Header::default() };
    header.write(&mut packet).expect("it fits");
    packet.extend([5; 20]);
    packet
}

fn observe(finder: &mut StreamFinder, (source, destination): (&str, &str), payload: &[u8], time: u64) {
    let [source, destination] = [source, destination].map(|text| text.parse().expect("an address"));
    finder.observe(&UdpDatagram { source, destination, payload, is_cut: false }, Some(time));
}

/// The one stream of some sequence numbers.
fn stream_of(sequences: impl IntoIterator<Item = u16>) -> Stream {
    let mut finder = StreamFinder::new();
    for (time, sequence) in (0..).zip(sequences) {
        observe(&mut finder, FLOW, &rtp(1, 96, sequence, 0), time);
    }
    let mut streams = finder.into_streams();
    assert_eq!(streams.len(), 1);
    streams.remove(0)
}

#[test]
fn a_flow_is_a_stream_after_four_packets_in_sequence() {
    let found = |packets: &[(u8, u16)]| {
        let mut finder = StreamFinder::new();
        for &(kind, sequence) in packets {
            observe(&mut finder, FLOW, &rtp(1, kind, sequence, 0), 0);
        }
        finder.into_streams().len()
    };
    let of = |sequences: &[u16]| found(&sequences.iter().map(|&sequence| (96, sequence)).collect::<Vec<_>>());
    assert_eq!(of(&[1, 2, 3]), 0);
    assert_eq!(of(&[1, 2, 3, 4]), 1);
    assert_eq!(of(&[65534, 65535, 0, 1]), 1, "across a wrap");
    assert_eq!(of(&[1, 65, 129, 193]), 1, "loss");
    assert_eq!(of(&[1, 66, 131, 196, 261]), 0, "steps that are too long");
    assert_eq!(of(&[10, 12, 11, 11, 13, 14]), 1, "reordered and twice");
    assert_eq!(of(&[7; 50]), 0, "a constant is no sequence");
    assert_eq!(of(&[9, 8, 7, 6, 5, 4, 3]), 0, "backwards");
    assert_eq!(found(&[(96, 1), (97, 2), (96, 3), (97, 4), (96, 5), (97, 6)]), 0, "types that alternate");
    assert_eq!(found(&[(101, 1), (96, 2), (96, 3), (96, 4), (96, 5)]), 1, "a tone first, then speech");
}

#[test]
fn what_is_no_rtp_is_counted_and_no_stream() {
    let mut finder = StreamFinder::new();
    for number in 0..100u16 {
        let counter = number.to_be_bytes();
        observe(&mut finder, FLOW, &[&counter[..], &[1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 6]].concat(), 0);
        observe(&mut finder, FLOW, &[&[0x81, 200][..], &counter, &[0; 24]].concat(), 0);
        observe(&mut finder, FLOW, &[], 0);
    }
    observe(&mut finder, FLOW, &rtp(1, 96, 0, 0), 0);
    let counts = FinderCounts { others: 200, rtcp: 100, unconfirmed: 1, ..FinderCounts::default() };
    assert_eq!(finder.counts(), counts);
    assert!(finder.into_streams().is_empty());
}

#[test]
fn loss_reordering_duplicates_and_wraps_are_counted() {
    let stream = stream_of([65530, 65531, 65532, 65533, 65535, 65534, 65534, 1, 2, 5, 3, 65535]);
    let expected = OrderCounts {
        first_sequence: 65530,
        lost: 2,
        reordered: 2,
        duplicates: 2,
        sequence_wraps: 1,
        ..OrderCounts::default()
    };
    assert_eq!(stream.order, expected);
    let traffic = Traffic { packets: 12, bytes: 12 * 32, cut: 0, first_nanos: Some(0), last_nanos: Some(11) };
    assert_eq!((stream.traffic, stream.payload_type()), (traffic, 96));
    // Packets from before the first one.
    assert_eq!(stream_of([10, 11, 12, 13, 7, 9]).order.lost, 1);
    assert_eq!(stream_of((0..200_000u32).map(|number| number as u16)).order.sequence_wraps, 3);
    let long_gap = stream_of((0..100).chain(3000..3100));
    assert_eq!((long_gap.order.lost, long_gap.order.reordered), (2900, 0));
}

#[test]
fn one_packet_out_of_range_is_stray_and_two_in_a_row_start_anew() {
    let stray = stream_of((0..100).chain([40_000]).chain(100..200));
    assert_eq!((stray.order.strays, stray.order.restarts, stray.order.lost), (1, 0, 0));
    let anew = stream_of((0..100).chain(40_000..40_100).chain(0..100));
    assert_eq!((anew.order.strays, anew.order.restarts, anew.order.lost), (0, 2, 0));
    assert_eq!(anew.traffic.packets, 300);
}

#[test]
fn wraps_of_timestamps_are_counted_once() {
    let mut finder = StreamFinder::new();
    let timestamps = [0xffff_fff0, 0xffff_fffa, 5, 0xffff_ffff, 16, 0x8000_0000, 0xffff_fff0, 3];
    for (sequence, timestamp) in (0..).zip(timestamps) {
        observe(&mut finder, FLOW, &rtp(1, 96, sequence, timestamp), 0);
    }
    assert_eq!(finder.into_streams()[0].order.timestamp_wraps, 2);
}

#[test]
fn streams_are_told_apart_by_addresses_and_ssrc_and_listed_by_their_first_packets() {
    let flows = [FLOW, ("192.0.2.1:40000", "192.0.2.10:40000"), ("[2001:db8::1]:5004", "[2001:db8::2]:5004")];
    let mut finder = StreamFinder::new();
    for sequence in 0..10 {
        // The second flow is confirmed first, for it has two packets at once.
        for (flow, ssrc) in [(0, 9), (1, 9), (2, 9), (2, 8)] {
            observe(&mut finder, flows[flow], &rtp(ssrc, 96, sequence * 2, 0), 0);
            if flow == 1 {
                observe(&mut finder, flows[flow], &rtp(ssrc, 97, sequence * 2 + 1, 0), 0);
            }
        }
    }
    assert_eq!(finder.counts().in_streams, 30);
    let streams = finder.into_streams();
    let of = |at: usize| (streams[at].flow.source.to_string(), streams[at].flow.ssrc);
    let expected = [(flows[0].0, 9), (flows[2].0, 9), (flows[2].0, 8)];
    assert_eq!([0, 1, 2].map(of), expected.map(|(source, ssrc)| (source.to_string(), ssrc)));
}

#[test]
fn millions_of_flows_of_one_packet_take_bounded_memory_and_hide_no_busy_stream() {
    let mut finder = StreamFinder::new();
    let destination: SocketAddr = FLOW.1.parse().expect("an address");
    for number in 0..1_000_000u32 {
        let source = SocketAddr::from(([10, (number >> 16) as u8, (number >> 8) as u8, number as u8], 5004));
        let payload = rtp(number, 96, number as u16, 0);
        finder.observe(&UdpDatagram { source, destination, payload: &payload, is_cut: false }, None);
        if number.is_multiple_of(1000) {
            observe(&mut finder, FLOW, &rtp(1, 96, (number / 1000) as u16, 0), 0);
        }
    }
    let counts = finder.counts();
    assert_eq!((counts.in_streams, counts.unconfirmed, counts.dropped_streams), (1000, 1_000_000, 0));
    assert!(counts.evicted_flows > 900_000);
    assert_eq!(finder.into_streams().len(), 1);
}

#[test]
fn more_streams_than_are_kept_are_counted() {
    let mut finder = StreamFinder::new();
    for ssrc in 0..MOST_STREAMS as u32 + 5 {
        for sequence in 0..4 {
            observe(&mut finder, FLOW, &rtp(ssrc, 96, sequence, 0), 0);
        }
    }
    assert_eq!(finder.counts().dropped_streams, 5);
    assert_eq!(finder.into_streams().len(), MOST_STREAMS);
}

/// What a buffer gives for some sequence numbers.
fn ordered(window: usize, sequences: impl IntoIterator<Item = u16>) -> (Vec<Result<u16, Option<u64>>>, u64) {
    let (mut buffer, mut given) = (ReorderBuffer::new(window), Vec::new());
    let mut last = 0;
    let mut drain = |buffer: &mut ReorderBuffer, is_end| {
        while let Some(event) = buffer.next(is_end) {
            given.push(match event {
                Event::Gap { lost } => Err(lost),
                Event::Packet { index, bytes, .. } => {
                    assert!(std::mem::replace(&mut last, index) < index, "indices increase");
                    let sequence = Packet::parse(bytes).expect("a packet").sequence();
                    assert_eq!(sequence, index as u16);
                    Ok(sequence)
                }
            });
        }
    };
    for sequence in sequences {
        let packet = rtp(1, 96, sequence, 0);
        buffer.push(&Packet::parse(&packet).expect("a packet"), None);
        drain(&mut buffer, false);
    }
    drain(&mut buffer, true);
    (given, buffer.dropped())
}

#[test]
fn packets_are_brought_into_order_and_gaps_are_reported() {
    let (given, dropped) = ordered(4, [65533, 65535, 65534, 0, 0, 2, 1, 4, 5, 6, 7, 8, 9, 3, 10]);
    let expected: Vec<_> = [65533, 65534, 65535, 0, 1, 2].map(Ok).into_iter().collect();
    assert_eq!(given[..6], expected);
    // The window is full before 3 comes.
    assert_eq!(given[6..], [Err(Some(1)), Ok(4), Ok(5), Ok(6), Ok(7), Ok(8), Ok(9), Ok(10)]);
    assert_eq!(dropped, 2);
    // The first packet is not the first that came.
    assert_eq!(ordered(4, [3, 1, 2]).0, [Ok(1), Ok(2), Ok(3)]);
    assert_eq!(ordered(0, [3, 1, 2, 5]).0, [Ok(3), Err(Some(1)), Ok(5)]);
}

#[test]
fn a_sequence_that_starts_anew_loses_no_packet_and_a_stray_one_is_dropped() {
    let (given, dropped) =
        ordered(4, (0..10).chain([50_000]).chain(10..12).chain(20_000..20_003).chain(5..8));
    let mut expected: Vec<_> = (0..12).map(Ok).collect();
    expected.extend([Err(None), Ok(20_000), Ok(20_001), Ok(20_002), Err(None), Ok(5), Ok(6), Ok(7)]);
    assert_eq!((given, dropped), (expected, 1));
}

/// A capture of two streams, one of which has lost and exchanged packets.
fn capture() -> Vec<u8> {
    let mut writer = PcapngWriter::new(Vec::new()).expect("memory");
    let mut frame = Vec::new();
    for (time, sequence) in (0..).zip([65534, 0, 65535, 1, 1, 4, 5]) {
        for (port, ssrc) in [(40000, 1), (40001, 2)] {
            let [source, destination] = ["192.0.2.10", "192.0.2.1"].map(|ip| ip.parse().expect("an address"));
            let [from, to] = [source, destination].map(|ip| std::net::SocketAddrV4::new(ip, port));
            write_udp_frame(from, to, &rtp(ssrc, 96, sequence, 0), &mut frame).expect("it fits");
            writer.write(time, &frame).expect("memory");
        }
    }
    writer.finish().expect("memory")
}

#[test]
fn a_capture_is_listed_and_one_stream_read_in_order() {
    let file = capture();
    let listing = list_streams(&mut Reader::new(&file[..]).expect("pcapng"), |_| true).expect("it goes on");
    assert_eq!((listing.streams.len(), listing.frames.datagrams, listing.truncated_at), (2, 14, None));
    let order = listing.streams[0].order;
    assert_eq!((order.lost, order.reordered, order.duplicates), (2, 1, 1));
    let capture = Reader::new(&file[..]).expect("pcapng");
    let mut reader = StreamReader::new(capture, listing.streams[1].flow, 8);
    let mut given = Vec::new();
    while let Some(event) = reader.next().expect("no damage") {
        given.push(match event {
            Event::Gap { lost } => Err(lost),
            Event::Packet { bytes, time_nanos, .. } => {
                let packet = Packet::parse(bytes).expect("a packet");
                assert_eq!(packet.ssrc(), 2);
                Ok((packet.sequence(), time_nanos))
            }
        });
    }
    let packet = |sequence, time| Ok((sequence, Some(time)));
    let expected = [
        packet(65534, 0),
        packet(65535, 2),
        packet(0, 1),
        packet(1, 3),
        Err(Some(2)),
        packet(4, 5),
        packet(5, 6),
    ];
    assert_eq!((given, reader.dropped()), (expected.to_vec(), 1));
}

#[test]
fn a_damaged_capture_is_read_up_to_the_damage() {
    let mut file = capture();
    let at = file.len() - 60;
    file[at..].fill(0xff);
    let listing = list_streams(&mut Reader::new(&file[..]).expect("pcapng"), |_| true).expect("it goes on");
    assert_eq!((listing.streams.len(), listing.frames.datagrams), (2, 13));
    assert!(listing.damage.is_some());
    let capture = Reader::new(&file[..]).expect("pcapng");
    let mut reader = StreamReader::new(capture, listing.streams[1].flow, 8);
    let mut events = 0;
    let error = loop {
        match reader.next() {
            Ok(event) => events += usize::from(event.is_some()),
            Err(error) => break error,
        }
    };
    assert!(events == 6 && error.to_string().contains("damaged"), "{events} {error}");
    assert!(matches!(reader.next(), Ok(None)));
}

#[test]
fn listing_stops_when_asked_to() {
    let mut writer = PcapngWriter::new(Vec::new()).expect("memory");
    (0..5000).for_each(|time| writer.write(time, &[0; 60]).expect("memory"));
    let file = writer.finish().expect("memory");
    let mut done = 0;
    let mut reader = Reader::new(&file[..]).expect("pcapng");
    assert!(list_streams(&mut reader, |bytes| std::mem::replace(&mut done, bytes) > 0).is_none());
    assert!(done > 0 && done < file.len() as u64);
}

proptest! {
    #[test]
    fn every_packet_that_came_once_is_given_once(
        start: u16,
        keep in prop::collection::vec(prop::bool::weighted(0.8), 300),
        moves in prop::collection::vec((0usize..300, 0usize..8), 0..100),
    ) {
        // The first four packets make the flow a stream.
        let kept = (0u16..).zip(&keep).filter(|(number, keep)| *number < 4 || **keep);
        let mut sent: Vec<u16> = kept.map(|(number, _)| start.wrapping_add(number)).collect();
        for (at, by) in moves {
            let (at, to) = (at.clamp(4.min(sent.len() - 1), sent.len() - 1), (at + by).clamp(4.min(sent.len() - 1), sent.len() - 1));
            sent.swap(at, to);
        }
        let (given, dropped) = ordered(MOST_WINDOW, sent.iter().copied());
        let mut sorted = sent.clone();
        sorted.sort_by_key(|sequence| sequence.wrapping_sub(start));
        let packets: Vec<u16> = given.iter().copied().flatten().collect();
        prop_assert_eq!((&packets, dropped), (&sorted, 0));
        let lost: u64 = given.iter().filter_map(|event| event.err().flatten()).sum();
        prop_assert_eq!(lost + packets.len() as u64, u64::from(sorted[sorted.len() - 1].wrapping_sub(sorted[0])) + 1);
        prop_assert_eq!(stream_of(sent).order.lost, lost);
    }

    #[test]
    fn any_datagrams_do_no_harm(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..50)) {
        let mut finder = StreamFinder::new();
        let mut buffer = ReorderBuffer::new(4);
        for mut payload in payloads {
            observe(&mut finder, FLOW, &payload, u64::MAX);
            if let Some(first) = payload.first_mut() {
                *first = 0x80;
            }
            observe(&mut finder, FLOW, &payload, 0);
            if let Ok(packet) = Packet::parse(&payload) {
                buffer.push(&packet, None);
                while buffer.next(false).is_some() {}
            }
        }
        prop_assert!(finder.into_streams().is_empty());
    }
}
