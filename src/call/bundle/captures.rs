//! The two captures.

use super::super::Progress;
use super::super::error::CallError;
use super::super::network::START_NANOS;
use super::super::sent::SentCall;
use super::super::settings::CallSettings;
use super::super::traffic::deliver;
use super::KeyStart;
use super::folder::CallFolder;
use crate::wire::capture::PcapngWriter;
use crate::wire::network::write_udp_frame;
use crate::wire::protection::Protection;

/// Writes `call.pcapng` and `plain.pcapng`, and returns where keys come into use.
pub(super) fn write(
    settings: &CallSettings,
    protection: Protection,
    call: &SentCall,
    folder: &CallFolder,
    progress: Progress<'_>,
) -> Result<Vec<KeyStart>, CallError> {
    let failed = |error| folder.failed(error);
    let mut protected = PcapngWriter::new(folder.file("call.pcapng")?).map_err(failed)?;
    let mut plain = PcapngWriter::new(folder.file("plain.pcapng")?).map_err(failed)?;
    let mut frame = Vec::new();
    let mut keys: Vec<KeyStart> = Vec::new();
    let duration = settings.duration_secs * 1e9;
    let mut count = 0u32;
    deliver(settings, protection, call, &|_, _| true, &mut |delivery| {
        let (source, destination) = delivery.link.ends(delivery.stream);
        let time = START_NANOS + delivery.time;
        write_udp_frame(source, destination, &delivery.protected, &mut frame)?;
        protected.write(time, &frame).map_err(failed)?;
        write_udp_frame(source, destination, delivery.plain, &mut frame)?;
        plain.write(time, &frame).map_err(failed)?;
        let is_known = |start: &KeyStart| {
            (start.link, start.stream, start.is_renewed)
                == (delivery.link, delivery.stream, delivery.is_renewed)
        };
        if !keys.iter().any(is_known) {
            keys.push(KeyStart {
                link: delivery.link,
                stream: delivery.stream,
                is_renewed: delivery.is_renewed,
                roc: delivery.roc,
            });
        }
        count += 1;
        let is_stopped = count.is_multiple_of(4096)
            && progress((delivery.time as f64 / duration).clamp(0.0, 1.0)).is_break();
        if is_stopped { Err(CallError::Interrupted) } else { Ok(()) }
    })?;
    protected.finish().map_err(failed)?;
    plain.finish().map_err(failed)?;
    keys.sort_by_key(|start| (start.link, start.stream, start.is_renewed));
    Ok(keys)
}
