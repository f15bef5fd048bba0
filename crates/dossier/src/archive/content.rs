//! The content of an entry as a stream: never longer than its header says, and checked at its end.

use std::io::{self, Read};

use flate2::read::DeflateDecoder;

use super::{Entry, Method, source::Section};

/// Reads an entry; an error at the end means that the content is not what its header says.
#[derive(Debug)]
pub struct Content<'a> {
    inner: Inner<'a>,
    left: u64,
    stored: u64,
    crc: u32,
    hasher: crc32fast::Hasher,
}

#[derive(Debug)]
enum Inner<'a> {
    Stored(Section<'a>),
    Deflated(Box<DeflateDecoder<Section<'a>>>),
}

impl<'a> Content<'a> {
    pub(super) fn new(entry: &Entry, section: Section<'a>) -> Self {
        let inner = match entry.method {
            Method::Stored => Inner::Stored(section),
            Method::Deflated => Inner::Deflated(Box::new(DeflateDecoder::new(section))),
        };
        let (left, stored, crc) = (entry.size, entry.stored, entry.crc);
        Self { inner, left, stored, crc, hasher: crc32fast::Hasher::new() }
    }

    fn raw(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Stored(section) => section.read(buffer),
            Inner::Deflated(decoder) => {
                decoder.read(buffer).map_err(|_| wrong("de gecomprimeerde inhoud is beschadigd"))
            }
        }
    }

    fn check_end(&mut self) -> io::Result<()> {
        if self.raw(&mut [0])? != 0 {
            return Err(wrong("de inhoud is langer dan de kop zegt"));
        }
        if let Inner::Deflated(decoder) = &self.inner
            && decoder.total_in() != self.stored
        {
            return Err(wrong("achter de gecomprimeerde inhoud staat nog iets"));
        }
        if self.hasher.clone().finalize() != self.crc {
            return Err(wrong("de CRC klopt niet"));
        }
        Ok(())
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            return self.check_end().map(|()| 0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.raw(&mut buffer[..most])?;
        if count == 0 {
            return Err(wrong("de inhoud is korter dan de kop zegt"));
        }
        self.hasher.update(&buffer[..count]);
        self.left -= count as u64;
        Ok(count)
    }
}

fn wrong(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
