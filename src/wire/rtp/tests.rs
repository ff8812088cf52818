#![expect(clippy::cast_possible_truncation, reason = "a sequence number is the low 16 bits of an index")]

use proptest::prelude::*;

use super::*;

fn written(header: Header, payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    header.write(&mut packet).expect("a header that fits");
    packet.extend(payload);
    packet
}

#[test]
fn every_field_of_a_packet_is_read() {
    let bytes = hex::decode(concat!(
        "b2e1fde8000186a000009c40", // version 2, padding, extension, 2 CSRCs, marker, type 97, sequence 65000
        "0000000100000002",         // CSRCs
        "bede000110ff0000",         // extension of one word
        "cafe000003",               // payload and 3 bytes of padding
    ));
    let bytes = bytes.expect("hex");
    let packet = Packet::parse(&bytes).expect("a packet");
    assert!(packet.marker() && packet.has_padding());
    assert_eq!((packet.payload_type(), packet.sequence(), packet.timestamp()), (97, 65000, 100_000));
    assert_eq!((packet.ssrc(), packet.csrcs().collect::<Vec<_>>()), (40000, vec![1, 2]));
    let extension = Extension { profile: 0xbede, data: &[0x10, 0xff, 0, 0] };
    assert_eq!(packet.extension(), Some(extension));
    assert_eq!((packet.header().len(), packet.body().len()), (28, 5));
    assert_eq!(packet.payload(), Ok(&[0xca, 0xfe][..]));
}

#[test]
fn what_is_no_packet_is_refused() {
    assert_eq!(Packet::parse(&[0x80; 11]), Err(RtpError::TooShort { needed: 12, given: 11 }));
    assert_eq!(Packet::parse(&[0x40; 12]), Err(RtpError::Version(1)));
    assert_eq!(Packet::parse(&[0x82; 19]), Err(RtpError::TooShort { needed: 20, given: 19 }));
    assert_eq!(Packet::parse(&[0x90; 14]), Err(RtpError::TooShort { needed: 16, given: 14 }));
    let mut extension = [0x90; 20];
    extension[14..16].copy_from_slice(&[0, 2]);
    assert_eq!(Packet::parse(&extension), Err(RtpError::TooShort { needed: 24, given: 20 }));
    for (padding, body) in [(0, 3), (4, 3)] {
        let packet = [&[0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &[0, 0, padding]].concat();
        let error = RtpError::Padding { padding: usize::from(padding), body };
        assert_eq!(Packet::parse(&packet).expect("a header").payload(), Err(error));
    }
}

#[test]
fn headers_that_do_not_fit_are_refused() {
    let refused = |header: Header| header.write(&mut Vec::new()).expect_err("it does not fit");
    let header = Header::default();
    assert_eq!(refused(Header { payload_type: 128, ..header }), RtpError::PayloadType(128));
    assert_eq!(refused(Header { csrcs: &[0; 16], ..header }), RtpError::Csrcs(16));
    let odd = Extension { profile: 0, data: &[0; 3] };
    assert_eq!(refused(Header { extension: Some(odd), ..header }), RtpError::Extension(3));
}

#[test]
fn rtcp_is_told_from_rtp_by_the_second_byte() {
    assert!(is_rtcp(&[0x80, 192]) && is_rtcp(&[0x81, 200, 0, 6]) && is_rtcp(&[0x80, 223]));
    assert!(!is_rtcp(&[0x80, 191]) && !is_rtcp(&[0x80, 224]) && !is_rtcp(&[0x80]) && !is_rtcp(&[0x40, 200]));
}

#[test]
fn indices_follow_appendix_a_of_rfc_3711() {
    let at = |roc: u64, sequence: u64| roc << 16 | sequence;
    for (highest, sequence, index) in [
        (at(0, 65535), 0, at(1, 0)),
        (at(1, 0), 65535, at(0, 65535)),
        (at(1, 2), 1, at(1, 1)),
        (at(3, 40000), 7231, at(4, 7231)),
        (at(3, 40000), 7232, at(3, 7232)),
        (at(3, 100), 32868, at(3, 32868)),
        (at(3, 100), 32869, at(2, 32869)),
        (at(0xffff_ffff, 65535), 0, at(0, 0)),
        (at(0, 0), 65535, at(0xffff_ffff, 65535)),
    ] {
        assert_eq!(nearest_index(highest, sequence), index, "{highest:x} {sequence}");
    }
}

#[test]
fn timestamps_do_not_jump_where_they_wrap_or_go_back() {
    let mut timestamps = Timestamps::default();
    let wrapped =
        [0xffff_fff0, 0xffff_ffff, 0x10, 0xffff_ffff, 0x20].map(|timestamp| timestamps.extend(timestamp));
    assert_eq!(wrapped, [0xffff_fff0, 0xffff_ffff, 0x1_0000_0010, 0xffff_ffff, 0x1_0000_0020]);
    let mut timestamps = Timestamps::default();
    assert_eq!([0, 0xffff_ffff].map(|timestamp| timestamps.extend(timestamp)), [0, -1]);
}

proptest! {
    #[test]
    fn a_written_header_is_read_again(
        marker: bool, payload_type in 0u8..128, sequence: u16, timestamp: u32, ssrc: u32,
        csrcs in prop::collection::vec(any::<u32>(), 0..16),
        data in prop::option::of(prop::collection::vec(any::<[u8; 4]>(), 0..5)),
        payload: Vec<u8>,
    ) {
        let data = data.map(|words| words.concat());
        let extension = data.as_deref().map(|data| Extension { profile: 0x1000, data });
        let header = Header { marker, payload_type, sequence, timestamp, ssrc, csrcs: &csrcs, extension };
        let bytes = written(header, &payload);
        let packet = Packet::parse(&bytes).expect("a packet");
        let of_csrcs: Vec<u32> = packet.csrcs().collect();
        let read = Header {
            marker: packet.marker(), payload_type: packet.payload_type(), sequence: packet.sequence(),
            timestamp: packet.timestamp(), ssrc: packet.ssrc(), csrcs: &of_csrcs, extension: packet.extension(),
        };
        prop_assert_eq!(read, header);
        prop_assert_eq!(packet.payload(), Ok(&payload[..]));
    }

    #[test]
    fn any_bytes_are_parsed_or_refused(bytes: Vec<u8>) {
        if let Ok(packet) = Packet::parse(&bytes) {
            let _ = (packet.payload(), packet.csrcs().count(), packet.extension(), packet.header().len());
        }
    }

    #[test]
    fn indices_are_right_while_packets_move_by_less_than_half_the_range(
        start in 0u64..1 << 20, steps in prop::collection::vec(-3000i64..6000, 1..200),
    ) {
        let mut sequence = ExtendedSequence::starting_at((start >> 16) as u32);
        let mut index = start;
        for step in steps {
            let estimated = sequence.estimate(index as u16);
            prop_assert_eq!(estimated, index);
            sequence.accept(estimated);
            let highest = sequence.highest().unwrap_or_default();
            index = highest.checked_add_signed(step).unwrap_or(highest);
        }
    }
}
