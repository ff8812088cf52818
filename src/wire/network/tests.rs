#![expect(clippy::cast_possible_truncation, reason = "packets of tests are short")]

use std::net::SocketAddrV4;

use proptest::prelude::*;

use super::*;

/// Source, destination, payload.
type Decoded = Result<(String, String, Vec<u8>), NoDatagram>;

const PAYLOAD: &[u8] = b"a payload of some words";

fn udp_frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    let [source, destination] = ["192.0.2.10:40000", "192.0.2.1:50000"].map(address);
    write_udp_frame(source, destination, payload, &mut frame).expect("it fits");
    frame
}

fn address(text: &str) -> SocketAddrV4 {
    text.parse().expect("an address")
}

/// The IPv4 packet of a frame.
fn packet() -> Vec<u8> {
    udp_frame(PAYLOAD)[14..].to_vec()
}

/// An IPv6 packet: the next header and what follows.
fn packet_v6(next: u8, rest: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend((rest.len() as u16).to_be_bytes());
    packet.extend([next, 64]);
    packet.extend(
        hex::decode("20010db800000000000000000000000a20010db8000000000000000000000001").expect("hex"),
    );
    packet.extend(rest);
    packet
}

fn udp() -> Vec<u8> {
    packet()[20..].to_vec()
}

fn decoded(link_type: u16, frame: &[u8]) -> Decoded {
    decoded_by(&mut Decoder::default(), link_type, frame)
}

fn decoded_by(decoder: &mut Decoder, link: u16, frame: &[u8]) -> Decoded {
    let datagram = decoder.decode(link, frame)?;
    Ok((datagram.source.to_string(), datagram.destination.to_string(), datagram.payload.to_vec()))
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with results")]
fn expected() -> Decoded {
    Ok(("192.0.2.10:40000".into(), "192.0.2.1:50000".into(), PAYLOAD.to_vec()))
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with results")]
fn expected_v6() -> Decoded {
    Ok(("[2001:db8::a]:40000".into(), "[2001:db8::1]:50000".into(), PAYLOAD.to_vec()))
}

#[test]
fn frames_have_the_checksums_of_the_standards() {
    // The example of RFC 1071, section 3.
    assert_eq!(frame::checksum(&[&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]]), !0xddf2);
    for length in [0, 1, 2, 1199, 1200, MOST_PAYLOAD_BYTES] {
        let payload: Vec<u8> = (0..length).map(|at| at as u8 ^ 0xa5).collect();
        let frame = udp_frame(&payload);
        // A header with its checksum, and a datagram with its pseudo header and checksum, sum up to nothing.
        assert_eq!(frame::checksum(&[&frame[14..34]]), 0);
        let pseudo_header = [&frame[26..34], &[0, 17], &frame[38..40]].concat();
        assert_eq!(frame::checksum(&[&pseudo_header, &frame[34..]]), 0);
        assert_eq!(decoded(1, &frame).map(|(_, _, payload)| payload), Ok(payload));
    }
    let (source, error) = (address("192.0.2.1:1"), FrameError { bytes: MOST_PAYLOAD_BYTES + 1 });
    let written = write_udp_frame(source, source, &vec![0; MOST_PAYLOAD_BYTES + 1], &mut Vec::new());
    assert_eq!(written, Err(error));
}

#[test]
fn every_kind_of_link_is_read() {
    let cooked = [&[0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0][..], &packet()].concat();
    let cooked_2 = [&[8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0][..], &packet()].concat();
    let tagged = [&[0; 12][..], &[0x88, 0xa8, 0, 5, 0x81, 0, 0, 7, 8, 0], &packet()].concat();
    let cooked_tagged = [&[0; 14][..], &[0x81, 0, 0, 7, 8, 0], &packet()].concat();
    for (link_type, frame) in [
        (1, udp_frame(PAYLOAD)),
        (1, tagged),
        (113, cooked),
        (113, cooked_tagged),
        (276, cooked_2),
        (101, packet()),
        (12, packet()),
        (14, packet()),
        (228, packet()),
        (0, [&[2, 0, 0, 0][..], &packet()].concat()),
        (0, [&[0, 0, 0, 2][..], &packet()].concat()),
        (108, [&[0, 0, 0, 2][..], &packet()].concat()),
    ] {
        assert_eq!(decoded(link_type, &frame), expected(), "{link_type}");
        for length in 0..frame.len() {
            let _ = decoded(link_type, &frame[..length]);
        }
    }
    for family in [10, 24, 28, 30] {
        assert_eq!(decoded(0, &[&[family, 0, 0, 0][..], &packet_v6(17, &udp())].concat()), expected_v6());
    }
    assert_eq!(decoded(147, &packet()), Err(NoDatagram::LinkType(147)));
    assert_eq!(decoded(1, &[&[0; 12][..], &[8, 6, 0, 1]].concat()), Err(NoDatagram::NotIp), "ARP");
}

#[test]
fn options_and_extension_headers_are_skipped_and_padding_is_dropped() {
    let mut with_options = packet();
    with_options[0] = 0x47;
    with_options[3] += 8;
    with_options.splice(20..20, [1; 8]);
    assert_eq!(decoded(101, &with_options), expected());
    assert_eq!(decoded(101, &[packet(), vec![9; 20]].concat()), expected());
    let mut without_length = packet();
    without_length[2..4].fill(0);
    assert_eq!(decoded(101, &without_length), expected(), "a card cuts it later");
    let extended =
        [&[60, 0, 0, 0, 0, 0, 0, 0][..], &[51, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
    let extended = [&extended[..], &[17, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &udp()].concat();
    let packet = packet_v6(0, &extended);
    assert_eq!(decoded(101, &packet), expected_v6());
    for length in 1..packet.len() - PAYLOAD.len() {
        assert_eq!(decoded(101, &packet[..length]), Err(NoDatagram::Cut), "{length}");
    }
    assert_eq!(decoded(101, &packet_v6(6, &udp())), Err(NoDatagram::NotUdp(6)));
}

#[test]
fn a_datagram_that_a_snap_length_cut_says_so_and_one_that_lies_is_refused() {
    let frame = udp_frame(PAYLOAD);
    let mut decoder = Decoder::default();
    let cut = decoder.decode(1, &frame[..frame.len() - 5]).expect("its header is there");
    assert!(cut.is_cut && cut.payload == &PAYLOAD[..PAYLOAD.len() - 5]);
    let mut long = frame.clone();
    long[38..40].copy_from_slice(&500u16.to_be_bytes());
    let mut short = frame.clone();
    short[38..40].copy_from_slice(&7u16.to_be_bytes());
    let mut header = frame.clone();
    header[14] = 0x44;
    for frame in [long, short, header] {
        assert!(matches!(decoder.decode(1, &frame), Err(NoDatagram::Malformed(_))));
    }
    // Within the IP header, and within the UDP header.
    for length in [15, 30, 33, 34, 40, 41] {
        assert_eq!(decoder.decode(1, &frame[..length]), Err(NoDatagram::Cut), "{length}");
    }
    let counts = Counts { frames: 10, datagrams: 1, cut: 7, malformed: 3, ..Counts::default() };
    assert_eq!(decoder.counts(), counts);
}

/// A fragment of an IPv4 packet.
fn fragment(id: u16, offset: usize, has_more: bool, bytes: &[u8]) -> Vec<u8> {
    let mut fragment = packet()[..20].to_vec();
    fragment[2..4].copy_from_slice(&(20 + bytes.len() as u16).to_be_bytes());
    fragment[4..6].copy_from_slice(&id.to_be_bytes());
    fragment[6..8].copy_from_slice(&((offset as u16 / 8) | (u16::from(has_more) << 13)).to_be_bytes());
    fragment.extend(bytes);
    fragment
}

fn fragment_v6(id: u8, next: u8, offset: usize, has_more: bool, bytes: &[u8]) -> Vec<u8> {
    let [high, low] = (offset as u16 | u16::from(has_more)).to_be_bytes();
    packet_v6(44, &[&[next, 0, high, low, 0, 0, 0, id][..], bytes].concat())
}

#[test]
fn fragments_in_any_order_give_their_datagram() {
    let udp = udp();
    let parts = [(0, 8), (8, 16), (16, 24), (24, udp.len())];
    let orders = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]];
    for (order, is_v6) in orders.into_iter().flat_map(|order| [(order, false), (order, true)]) {
        let mut decoder = Decoder::default();
        for (count, part) in order.into_iter().enumerate() {
            let (start, end) = parts[part];
            let (has_more, bytes) = (end < udp.len(), &udp[start..end]);
            let fragment = if is_v6 {
                // The header that follows counts in the first fragment only.
                fragment_v6(1, if start == 0 { 17 } else { 59 }, start, has_more, bytes)
            } else {
                fragment(7, start, has_more, bytes)
            };
            let result = decoded_by(&mut decoder, 101, &fragment);
            match (count, is_v6) {
                (3, false) => assert_eq!(result, expected(), "{order:?}"),
                (3, true) => assert_eq!(result, expected_v6(), "{order:?}"),
                _ => {
                    assert_eq!(result, Err(NoDatagram::Fragment));
                    // The same fragment once more does no harm.
                    assert_eq!(decoded_by(&mut decoder, 101, &fragment), Err(NoDatagram::Fragment));
                }
            }
        }
        let counts = Counts { frames: 7, datagrams: 1, fragments: 7, ..Counts::default() };
        assert_eq!(decoder.counts(), counts);
    }
    // A fragment that is the whole datagram, and extension headers in what was cut.
    assert_eq!(decoded(101, &fragment_v6(1, 17, 0, false, &udp)), expected_v6());
    let mut decoder = Decoder::default();
    let extended = [&[17, 0, 0, 0, 0, 0, 0, 0][..], &udp].concat();
    let _ = decoder.decode(101, &fragment_v6(1, 60, 0, true, &extended[..8]));
    assert_eq!(decoded_by(&mut decoder, 101, &fragment_v6(1, 60, 8, false, &extended[8..])), expected_v6());
}

#[test]
fn fragments_that_contradict_each_other_are_dropped() {
    let udp = udp();
    for contradiction in [
        fragment(7, 8, true, &[9; 16]),
        fragment(7, 0, true, &[9; 8]),
        fragment(7, 8, false, &[9; 4]),
        fragment(7, 16, true, &[9; 24]),
        fragment(7, 32, true, &[9; 8]),
    ] {
        let mut decoder = Decoder::default();
        for (offset, end) in [(0, 16), (24, udp.len())] {
            let _ = decoder.decode(101, &fragment(7, offset, end < udp.len(), &udp[offset..end]));
        }
        assert_eq!(decoder.decode(101, &contradiction), Err(NoDatagram::Fragment));
        assert_eq!(decoder.counts().dropped_datagrams, 1);
        assert_eq!(decoder.decode(101, &fragment(7, 16, true, &udp[16..24])), Err(NoDatagram::Fragment));
    }
    for malformed in
        [fragment(7, 0, true, &[1; 9]), fragment(7, 0, true, &[]), fragment(7, 65528, false, &[1; 9])]
    {
        assert!(matches!(decoded(101, &malformed), Err(NoDatagram::Malformed(_))));
    }
    assert_eq!(decoded(101, &fragment(7, 8, true, &[1; 16])[..30]), Err(NoDatagram::Cut));
}

#[test]
fn a_flood_of_fragments_takes_bounded_memory_and_the_newest_are_kept() {
    let mut decoder = Decoder::default();
    for id in 0..20_000 {
        let _ = decoder.decode(101, &fragment(id, 65_512, true, &[1; 16]));
    }
    assert_eq!(decoder.counts().dropped_datagrams, 20_000 - MOST_DATAGRAMS as u64);
    // Every second eight bytes of one datagram.
    for offset in (0..65_000).step_by(16) {
        let _ = decoder.decode(101, &fragment(30_000, offset, true, &[1; 8]));
    }
    assert!(decoder.counts().dropped_datagrams > 20_000 - MOST_DATAGRAMS as u64 + 10);
    let udp = udp();
    let _ = decoder.decode(101, &fragment(40_000, 0, true, &udp[..16]));
    assert_eq!(decoded_by(&mut decoder, 101, &fragment(40_000, 16, false, &udp[16..])), expected());
}

proptest! {
    #[test]
    fn any_bytes_are_decoded_or_refused(
        frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20),
        link_type in prop::sample::select(&[0u16, 1, 12, 101, 108, 113, 276][..]),
    ) {
        let mut decoder = Decoder::default();
        for mut frame in frames {
            let _ = decoder.decode(link_type, &frame);
            // More likely an IP packet, and a fragment.
            if let Some(first) = frame.first_mut() {
                *first = if *first % 2 == 0 { 0x45 } else { 0x60 };
                let _ = decoder.decode(101, &frame);
            }
        }
    }

    #[test]
    fn flipped_bytes_do_no_harm(flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..8)) {
        let mut decoder = Decoder::default();
        let extended = packet_v6(0, &[&[17, 0, 0, 0, 0, 0, 0, 0][..], &udp()].concat());
        for mut frame in [packet(), extended, fragment(1, 8, true, &[1; 32]), fragment_v6(1, 17, 8, true, &[1; 32])] {
            for (at, flip) in &flips {
                let at = at.index(frame.len());
                frame[at] ^= flip;
            }
            let _ = decoder.decode(101, &frame);
        }
    }
}
