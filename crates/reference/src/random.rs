//! Random identifiers and secrets.

use ring::rand::{SecureRandom, SystemRandom};

/// Random bytes of the operating system.
///
/// # Panics
/// When the operating system gives no randomness; nothing safe can be made then.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random UUID (version 4).
pub(crate) fn uuid() -> String {
    let mut bytes = bytes::<16>();
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let number = u128::from_be_bytes(bytes);
    let hex = format!("{number:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A secret of 256 bits.
pub(crate) fn secret() -> String {
    crate::oauth::jose::encode(bytes::<32>())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_uuid_looks_like_one() {
        let uuid = super::uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert_ne!(uuid, super::uuid());
    }
}
