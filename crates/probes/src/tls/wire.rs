//! The record layer and the handshake messages in it, read without ever trusting a length.

/// The keys change (before TLS 1.3).
pub const CHANGE_CIPHER_SPEC: u8 = 20;
/// Alerts.
pub const ALERT: u8 = 21;
/// Handshake messages.
pub const HANDSHAKE: u8 = 22;
/// No message of a first flight is longer; whoever announces more is not waited for.
pub const LONGEST: usize = 48 << 10;
const WARNING: u8 = 1;

/// A cursor that never runs past the end.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    /// The next byte.
    pub fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// The next two bytes.
    pub fn word(&mut self) -> Option<u16> {
        self.take(2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// A length in three bytes.
    pub fn length24(&mut self) -> Option<usize> {
        self.take(3).map(|b| usize::from(b[0]) << 16 | usize::from(b[1]) << 8 | usize::from(b[2]))
    }

    /// Content after its length in one byte.
    pub fn prefixed8(&mut self) -> Option<&'a [u8]> {
        let length = self.byte()?;
        self.take(length.into())
    }

    /// Content after its length in two bytes.
    pub fn prefixed16(&mut self) -> Option<&'a [u8]> {
        let length = self.word()?;
        self.take(length.into())
    }

    /// Content after its length in three bytes.
    pub fn prefixed24(&mut self) -> Option<&'a [u8]> {
        let length = self.length24()?;
        self.take(length)
    }
}

/// What the records of one side hold so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Records {
    /// Handshake messages, one after the other, as one row of bytes.
    pub handshake: Vec<u8>,
    /// The first alert that is not a mere warning.
    pub alert: Option<u8>,
    /// Something that is no TLS.
    pub foreign: bool,
    /// From here on the records are of another kind, such as encrypted data.
    pub more: bool,
}

impl Records {
    /// Reads whole records from the start; what is not whole yet is left out.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let (mut rest, mut records) = (Reader(bytes), Self::default());
        while let Some(kind) = rest.byte() {
            if kind != ALERT && kind != HANDSHAKE {
                // Encrypted records come after a whole handshake message, never first.
                records.foreign = records.handshake.is_empty();
                records.more = !records.foreign;
                break;
            }
            let Some(major) = rest.byte() else { break };
            if major != 3 {
                records.foreign = true;
                break;
            }
            let Some(content) = rest.byte().and_then(|_| rest.prefixed16()) else { break };
            if kind == HANDSHAKE {
                records.handshake.extend_from_slice(content);
            } else if let [level, description, ..] = content
                && (*level != WARNING || *description == 0)
            {
                // A warning, for instance about the server name, may come before the hello.
                records.alert = Some(*description);
                break;
            }
        }
        records
    }
}

/// The handshake messages that are whole, with their kind; whether the next one is longer than any may be.
#[must_use]
pub fn messages(handshake: &[u8]) -> (Vec<(u8, &[u8])>, bool) {
    let (mut reader, mut found) = (Reader(handshake), Vec::new());
    loop {
        let mut ahead = reader;
        let (Some(kind), Some(length)) = (ahead.byte(), ahead.length24()) else { return (found, false) };
        if length > LONGEST {
            return (found, true);
        }
        let Some(body) = ahead.take(length) else { return (found, false) };
        found.push((kind, body));
        reader = ahead;
    }
}
