//! Captures that Wireshark's programs wrote, where they are installed: converted, cut, damaged, merged, reordered, random.
//! What `info` lists is compared with what `tshark` finds.

use std::path::Path;
use std::process::Command;

use afterimage::media::rtp::CallMedia;
use serde_json::Value;

use crate::folder::Folder;
use crate::installed::is_installed;
use crate::made::{Packet, packets, pcapng, sound, video};
use crate::program::{json, refused, stdout};
use crate::tshark::{count, streams, streams_of_info, tshark};

/// True if all of Wireshark's programs that the tests use are there.
fn has_wireshark() -> bool {
    ["tshark", "editcap", "mergecap", "reordercap", "text2pcap", "randpkt"]
        .iter()
        .all(|name| is_installed(name))
}

/// Video and sound: `call.pcapng`.
fn made(folder: &Folder) -> Vec<Packet> {
    let mut both = [packets(&video(CallMedia::Raw)), packets(&sound())].concat();
    both.sort_by_key(|(time, _)| *time);
    folder.write("call.pcapng", pcapng(&both));
    both
}

/// Runs a program in the folder, if it does what is asked.
fn runs(folder: &Folder, line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words).current_dir(folder.root()).output().is_ok_and(|output| output.status.success())
}

fn run(folder: &Folder, line: &str) {
    assert!(runs(folder, line), "{line}");
}

fn info(path: &Path) -> Value {
    json([std::ffi::OsStr::new("info"), path.as_os_str(), "--format".as_ref(), "json".as_ref()])
}

/// Checks that we and `tshark` find the same streams in a file, and as many frames. Returns what we found.
fn check(folder: &Folder, name: &str) -> Value {
    let path = folder.path(name);
    let (ours, theirs) = (info(&path), streams(&path));
    assert_eq!(ours["frames"], count(&path, ""), "{name}");
    assert_eq!(ours["udp_datagrams"], count(&path, "udp"), "{name}");
    assert_eq!(ours["rtp_datagrams"], count(&path, "rtp"), "{name}");
    assert_eq!(streams_of_info(&ours), theirs, "{name}");
    ours
}

#[test]
fn formats_of_editcap_list_the_same_or_say_how_to_convert_them() {
    if !has_wireshark() {
        return;
    }
    let folder = Folder::new();
    let packets = made(&folder);
    let original = check(&folder, "call.pcapng");
    assert_eq!(original["rtp_datagrams"], packets.len());
    for format in ["pcapng", "pcap", "nsecpcap", "modpcap"] {
        run(&folder, &format!("editcap -F {format} call.pcapng converted.{format}"));
        let converted = check(&folder, &format!("converted.{format}"));
        assert_eq!(converted["warnings"], original["warnings"], "{format}");
        // Microseconds, in the formats without nanoseconds.
        let secs = |info: &Value| info["streams"][0]["duration_secs"].as_f64().expect("seconds");
        assert!((secs(&converted) - secs(&original)).abs() < 2e-6, "{format}");
    }
    for format in [
        "nokiapcap",
        "rh6_1pcap",
        "suse6_3pcap",
        "snoop",
        "netmon1",
        "netmon2",
        "ngsniffer",
        "ngwsniffer_2_0",
    ] {
        let name = format!("other.{format}");
        if !runs(&folder, &format!("editcap -F {format} call.pcapng {name}")) {
            eprintln!("skipped: this editcap does not write {format}");
            continue;
        }
        let error = refused(1, ["measure", &folder.at(&name)]);
        assert!(error.contains("editcap -F pcapng") && error.contains(&name), "{format}: {error}");
        run(&folder, &format!("editcap -F pcapng {name} again.pcapng"));
        let again = streams_of_info(&check(&folder, "again.pcapng"));
        assert_eq!(again, streams_of_info(&original), "{format}");
    }
}

#[test]
fn compressed_captures_say_how_to_unpack_them() {
    let folder = Folder::new();
    made(&folder);
    for (program, unpack) in
        [("gzip -k", "gunzip"), ("xz -k", "unxz"), ("zstd -q", "unzstd"), ("bzip2 -k", "bunzip2")]
    {
        if !runs(&folder, &format!("{program} call.pcapng")) {
            eprintln!("skipped: {program} is not installed");
            continue;
        }
        let names = folder.names();
        let name = names.iter().find(|name| *name != "call.pcapng").expect("a compressed file");
        let error = refused(1, ["info", &folder.at(name)]);
        assert!(error.contains(&format!("unpack it first, with `{unpack}`")), "{error}");
        std::fs::remove_file(folder.path(name)).expect("a file");
    }
}

#[test]
fn packets_that_a_snap_length_cut_are_counted() {
    if !has_wireshark() {
        return;
    }
    let folder = Folder::new();
    let packets = made(&folder);
    // The headers of Ethernet, IPv4, UDP and RTP have 54 bytes.
    for snap in [200, 54] {
        run(&folder, &format!("editcap -s {snap} call.pcapng cut.pcapng"));
        let info = check(&folder, "cut.pcapng");
        let cut = packets.iter().filter(|(_, packet)| 42 + packet.len() > snap).count();
        let counted: u64 = info["streams"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| it["cut"].as_u64().expect("cut"))
            .sum();
        assert_eq!(counted, cut as u64, "{snap}");
        assert!(info["warnings"].to_string().contains(&format!("{cut} packets were not recorded whole")));
    }
    // Within the headers of RTP, UDP and IPv4: no stream, and the reason.
    for snap in [53, 42, 41, 34, 33, 15] {
        run(&folder, &format!("editcap -s {snap} -F pcap call.pcapng cut.pcap"));
        let info = info(&folder.path("cut.pcap"));
        assert_eq!((&info["frames"], &info["rtp_datagrams"]), (&packets.len().into(), &0.into()), "{snap}");
        assert_eq!(count(&folder.path("cut.pcap"), "rtp"), 0, "{snap}");
        let warnings = info["warnings"].to_string();
        assert!(
            warnings.contains(&format!("{} packets were not recorded whole", packets.len())),
            "{snap}: {warnings}"
        );
        assert!(!warnings.contains("contradict"), "{snap}: {warnings}");
    }
}

#[test]
fn merged_doubled_split_and_reordered_captures_are_listed_as_by_tshark() {
    if !has_wireshark() {
        return;
    }
    let folder = Folder::new();
    let packets = made(&folder);
    let original = check(&folder, "call.pcapng");
    let sum = |info: &Value, field: &str| -> u64 {
        info["streams"].as_array().expect("a list").iter().map(|it| it[field].as_u64().expect(field)).sum()
    };
    // Packets beside their copies; tshark counts a copy as a packet that was found once more than was expected.
    run(&folder, "mergecap -w doubled.pcapng call.pcapng call.pcapng");
    let doubled = info(&folder.path("doubled.pcapng"));
    assert_eq!(sum(&doubled, "packets"), count(&folder.path("doubled.pcapng"), "rtp"));
    assert_eq!((sum(&doubled, "duplicates"), sum(&doubled, "lost")), (packets.len() as u64, 0));
    run(&folder, "editcap -d doubled.pcapng single.pcapng");
    assert_eq!(check(&folder, "single.pcapng")["streams"], original["streams"]);

    // The second half before the first one, and in order again.
    let half = packets.len() / 2;
    run(&folder, &format!("editcap -r call.pcapng first.pcapng 1-{half}"));
    run(&folder, &format!("editcap call.pcapng second.pcap -F pcap -r {}-{}", half + 1, packets.len()));
    assert_eq!(check(&folder, "first.pcapng")["frames"], half);
    run(&folder, "mergecap -a -w turned.pcapng second.pcap first.pcapng");
    let turned = info(&folder.path("turned.pcapng"));
    assert_eq!(sum(&turned, "packets"), packets.len() as u64);
    assert!(sum(&turned, "reordered") > 0, "{turned}");
    run(&folder, "reordercap turned.pcapng ordered.pcapng");
    let ordered = check(&folder, "ordered.pcapng");
    assert_eq!((sum(&ordered, "reordered"), sum(&ordered, "lost")), (0, 0));

    // Two interfaces: raw IP in nanoseconds, Ethernet in microseconds.
    run(&folder, "editcap -F nsecpcap -T rawip -C 14 first.pcapng first.nsecpcap");
    run(&folder, "mergecap -w interfaces.pcapng first.nsecpcap second.pcap");
    assert_eq!(streams_of_info(&check(&folder, "interfaces.pcapng")), streams_of_info(&original));

    // Packets typed as hexadecimal text, and written by tshark itself.
    folder.write("typed.txt", tshark(&folder.path("call.pcapng"), &["-x"]));
    run(&folder, "text2pcap typed.txt typed.pcapng");
    assert_eq!(streams_of_info(&check(&folder, "typed.pcapng")), streams_of_info(&original));
    tshark(&folder.path("call.pcapng"), &["-F", "pcap", "-w", &folder.at("written.pcap")]);
    assert_eq!(streams_of_info(&check(&folder, "written.pcap")), streams_of_info(&original));
}

#[test]
fn of_damaged_captures_the_packets_with_whole_headers_are_listed() {
    if !has_wireshark() {
        return;
    }
    let folder = Folder::new();
    made(&folder);
    for (share, seed) in [("0.0002", 1), ("0.002", 2), ("0.02", 3)] {
        run(&folder, &format!("editcap -E {share} --seed {seed} call.pcapng damaged.pcapng"));
        let path = folder.path("damaged.pcapng");
        let (ours, theirs) = (info(&path), streams(&path));
        assert_eq!(ours["frames"], count(&path, ""));
        let ours = streams_of_info(&ours);
        assert_eq!(ours.len(), 2, "no stream is made of damage: {ours:?}");
        // tshark goes on past lengths that contradict each other; fragments that never come are left out by us.
        let [found, expected] =
            [&ours, &theirs].map(|streams| ours.keys().map(|flow| streams[flow].packets).sum::<u64>());
        assert!(found <= expected && found * 100 >= expected * 90, "{share}: {found} of {expected}");
    }
    let bytes = folder.read("call.pcapng");
    for cut in [1, 1000, bytes.len() / 2] {
        folder.write("interrupted.pcapng", &bytes[..bytes.len() - cut]);
        let path = folder.path("interrupted.pcapng");
        assert_eq!(info(&path)["frames"], count(&path, ""));
        assert!(stdout(["info", &folder.at("interrupted.pcapng")]).contains("interrupted"));
    }
}

#[test]
fn random_packets_are_counted_and_are_no_stream() {
    if !has_wireshark() {
        return;
    }
    let folder = Folder::new();
    for kind in ["udp", "tcp", "ip", "eth", "arp", "dns", "fddi", "tr", "llc", "m2m", "sctp", "nbns"] {
        if !runs(&folder, &format!("randpkt -t {kind} -c 500 -b 1500 random.pcap")) {
            eprintln!("skipped: this randpkt does not make {kind}");
            continue;
        }
        let path = folder.path("random.pcap");
        let info = info(&path);
        assert_eq!(info["frames"], count(&path, ""), "{kind}");
        assert_eq!(info["streams"], Value::Array(vec![]), "{kind}");
        assert!(info["warnings"].to_string().contains("no RTP stream was found"), "{kind}");
    }
}
