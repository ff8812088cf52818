//! The demuxer's data on encrypted streams and packets.

use std::ffi::c_uint;

use ffmpeg_next::Packet;
use ffmpeg_next::codec::packet::side_data::Type as SideData;

use crate::media::encryption::packet::{PacketEncryption, Part};
use crate::media::mp4::Kind;

/// `AVSubsampleEncryptionInfo`.
#[repr(C)]
struct Subsample {
    clear: c_uint,
    protected: c_uint,
}

/// `AVEncryptionInfo`. FFmpeg allocates it, so fields that a later version adds at the end do no harm.
#[repr(C)]
struct EncryptionInfo {
    scheme: u32,
    crypt_byte_block: u32,
    skip_byte_block: u32,
    key_id: *mut u8,
    key_id_bytes: u32,
    iv: *mut u8,
    iv_bytes: u32,
    subsamples: *mut Subsample,
    subsample_count: u32,
}

// Declared here: the bindings leave this header out.
unsafe extern "C" {
    fn av_encryption_info_get_side_data(data: *const u8, bytes: usize) -> *mut EncryptionInfo;
    fn av_encryption_info_free(info: *mut EncryptionInfo);
}

/// How a packet is encrypted; `None` if it is not, or FFmpeg decrypted it.
pub(in crate::media) fn encryption(packet: &Packet) -> Option<PacketEncryption> {
    let data = packet.side_data().find(|data| data.kind() == SideData::EncryptionInfo)?;
    let bytes = data.data();
    // SAFETY: the slice is live for the call, which checks every length in it, and returns memory of its own or null.
    let info = unsafe { av_encryption_info_get_side_data(bytes.as_ptr(), bytes.len()) };
    if info.is_null() {
        return None;
    }
    // SAFETY: it is not null, FFmpeg filled it, and each pointer has as many elements as the number after it states. All is
    // copied before it is freed.
    unsafe {
        let EncryptionInfo { scheme, crypt_byte_block, skip_byte_block, .. } = *info;
        let part = |part: &Subsample| Part { clear: part.clear, protected: part.protected };
        let encryption = PacketEncryption {
            scheme: Kind(scheme.to_be_bytes()),
            pattern: (crypt_byte_block, skip_byte_block),
            key_id: slice((*info).key_id, (*info).key_id_bytes).to_vec(),
            iv: slice((*info).iv, (*info).iv_bytes).to_vec(),
            parts: slice((*info).subsamples, (*info).subsample_count).iter().map(part).collect(),
        };
        av_encryption_info_free(info);
        Some(encryption)
    }
}

/// The elements at a pointer; empty if it is null.
///
/// # Safety
/// A pointer that is not null has `count` elements that live as long as the slice.
unsafe fn slice<'a, T>(start: *const T, count: u32) -> &'a [T] {
    match usize::try_from(count) {
        // SAFETY: as the caller promises.
        Ok(count) if !start.is_null() => unsafe { std::slice::from_raw_parts(start, count) },
        _ => &[],
    }
}
