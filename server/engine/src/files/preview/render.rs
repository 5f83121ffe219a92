//! From an image to a smaller one.
//!
//! - What an image would cost is read from its header before anything of it is decoded.
//! - Of an animation the first picture is shown; a picture that its camera turned is turned back.

use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::{io, mem};

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, ImageResult, Limits};
use luge_model::limits::{PREVIEW_IMAGE_BYTES_MAX, PREVIEW_JPEG_QUALITY, PREVIEW_MEMORY_BYTES_MAX};

use super::format::Format;
use super::size::{Cut, Size};
use crate::files::blob::Blob;

/// An image that is worth decoding.
#[derive(Debug)]
pub(super) struct Source {
    blob: Box<dyn Blob>,
    format: ImageFormat,
    orientation: Orientation,
    cut: Cut,
    /// What the preview is to be, where that is not the image's own format.
    wanted: Option<Format>,
    /// What rendering takes in memory, in bytes.
    pub(super) bytes: u64,
}

impl Source {
    /// Looks at the header of an image; `None` where it would cost too much.
    ///
    /// # Errors
    /// When it is no image.
    pub(super) fn open(
        blob: Box<dyn Blob>,
        media_type: &str,
        size: Size,
        wanted: Option<Format>,
    ) -> ImageResult<Option<Self>> {
        let format = match media_type {
            "image/png" => ImageFormat::Png,
            "image/jpeg" => ImageFormat::Jpeg,
            "image/gif" => ImageFormat::Gif,
            "image/webp" => ImageFormat::WebP,
            _ => return Ok(None),
        };
        let no_gain = |wanted: Format| size.is_whole() && wanted.is_no_gain(format);
        if blob.length() > PREVIEW_IMAGE_BYTES_MAX || wanted.is_some_and(no_gain) {
            return Ok(None);
        }
        let mut decoder = reader(&*blob, format).into_decoder()?;
        let orientation = decoder.orientation()?;
        let (width, height) = decoder.dimensions();
        let decoded = decoder.total_bytes();
        drop(decoder);
        if width == 0 || height == 0 {
            return Ok(None);
        }
        let cut = size.cut(turned(orientation, (width, height)));
        if wanted.is_some_and(|wanted| !wanted.takes(cut.shown)) {
            return Ok(None);
        }
        let bytes = cost(decoded, &cut, wanted).saturating_add(blob.length());
        let source = Self {
            blob,
            format,
            orientation,
            cut,
            wanted,
            bytes,
        };
        Ok((bytes <= PREVIEW_MEMORY_BYTES_MAX).then_some(source))
    }

    /// The preview as a file: of the wanted format, else of the image's own, of WebP as PNG.
    ///
    /// # Errors
    /// When the image is damaged.
    pub(super) fn render(self) -> ImageResult<Vec<u8>> {
        let decoder = reader(&*self.blob, self.format).into_decoder()?;
        let mut image = DynamicImage::from_decoder(decoder)?;
        image.apply_orientation(self.orientation);
        let (left, top, width, height) = self.cut.area;
        if (width, height) != (image.width(), image.height()) {
            let part = image.crop_imm(left, top, width, height);
            drop(mem::replace(&mut image, part));
        }
        let (width, height) = self.cut.shown;
        if (width, height) != (image.width(), image.height()) {
            image = image.resize_exact(width, height, FilterType::CatmullRom);
        }
        match self.wanted {
            Some(wanted) => wanted.encoded(&image),
            None => encoded(&image, self.format),
        }
    }
}

/// Of each image at most what is in memory at one time: it is decoded, turned or cut (a copy), and
/// made smaller by way of numbers with fractions.
fn cost(decoded: u64, cut: &Cut, wanted: Option<Format>) -> u64 {
    const FRACTIONS_BYTES: u64 = 16;
    let (_, _, width, _) = cut.area;
    let (shown_width, shown_height) = cut.shown;
    let between = u64::from(width).saturating_mul(u64::from(shown_height));
    let shown = u64::from(shown_width).saturating_mul(u64::from(shown_height));
    let shrinking = between
        .saturating_add(shown)
        .saturating_mul(FRACTIONS_BYTES);
    let writing = wanted.map_or(0, Format::pixel_bytes).saturating_mul(shown);
    let decoding = decoded.saturating_mul(2);
    decoding.saturating_add(shrinking.max(writing))
}

fn turned(orientation: Orientation, (width, height): (u32, u32)) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => (height, width),
        _ => (width, height),
    }
}

fn reader(blob: &dyn Blob, format: ImageFormat) -> ImageReader<BufReader<Positioned<'_>>> {
    let mut reader = ImageReader::with_format(BufReader::new(Positioned { blob, at: 0 }), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(PREVIEW_MEMORY_BYTES_MAX);
    reader.limits(limits);
    reader
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    match format {
        ImageFormat::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, PREVIEW_JPEG_QUALITY);
            image.to_rgb8().write_with_encoder(encoder)?;
        }
        ImageFormat::Gif => {
            let picture = image.to_rgba8();
            let (width, height) = picture.dimensions();
            let kind = image::ExtendedColorType::Rgba8;
            GifEncoder::new(&mut bytes).encode(picture.as_raw(), width, height, kind)?;
        }
        _ => image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?,
    }
    Ok(bytes)
}

/// A blob that is read on from a place.
struct Positioned<'a> {
    blob: &'a dyn Blob,
    at: u64,
}

impl Read for Positioned<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.blob.read(self.at, into.len())?;
        for (place, byte) in into.iter_mut().zip(&bytes) {
            *place = *byte;
        }
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }
}

impl Seek for Positioned<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.blob.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
