//! Previews of good and of hostile images.

use std::io::{self, Cursor};
use std::time::SystemTime;

use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage};

use super::*;
use crate::files::Blob;

/// A blob in memory.
#[derive(Debug)]
struct Bytes(Vec<u8>);

impl Blob for Bytes {
    fn length(&self) -> u64 {
        self.0.len() as u64
    }

    fn modified(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let from = usize::try_from(offset).unwrap().min(self.0.len());
        let to = from.saturating_add(length).min(self.0.len());
        Ok(self.0[from..to].to_vec())
    }
}

/// Left half red, right half blue, with a green line on top.
fn picture(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        if y < height / 10 {
            Rgb([0, 255, 0])
        } else if x < width / 2 {
            Rgb([255, 0, 0])
        } else {
            Rgb([0, 0, 255])
        }
    }))
}

fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    image
        .write_to(&mut Cursor::new(&mut bytes), format)
        .unwrap();
    bytes
}

fn rendered(bytes: Vec<u8>, size: &str) -> Option<Vec<u8>> {
    rendered_as(bytes, Size::parse(size).unwrap(), None)
}

fn rendered_as(bytes: Vec<u8>, size: Size, format: Option<Format>) -> Option<Vec<u8>> {
    let media_type = media::of_content(&bytes).media_type;
    let source = Source::open(Box::new(Bytes(bytes)), media_type, size, format).ok()??;
    assert!(source.bytes <= PREVIEW_MEMORY_BYTES_MAX);
    source.render().ok()
}

fn is(pixel: image::Rgba<u8>, expected: [u8; 3]) -> bool {
    let near = |at: usize| pixel.0[at].abs_diff(expected[at]) < 60;
    near(0) && near(1) && near(2)
}

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];

#[test]
fn every_format_gives_a_preview_of_its_own_and_webp_gives_png() {
    let image = picture(200, 100);
    for (format, of_preview) in [
        (ImageFormat::Png, ImageFormat::Png),
        (ImageFormat::Jpeg, ImageFormat::Jpeg),
        (ImageFormat::Gif, ImageFormat::Gif),
        (ImageFormat::WebP, ImageFormat::Png),
    ] {
        let preview = rendered(file(&image, format), "70x0").unwrap();
        assert_eq!(image::guess_format(&preview).unwrap(), of_preview);
        let preview = image::load_from_memory(&preview).unwrap();
        assert_eq!(preview.dimensions(), (70, 35));
        assert!(is(preview.get_pixel(5, 30), RED), "{format:?}");
        assert!(is(preview.get_pixel(65, 30), BLUE), "{format:?}");
        assert!(is(preview.get_pixel(35, 1), GREEN), "{format:?}");
    }
}

/// Width and height as the file says them, in its `ispe` box (ISO/IEC 23008-12, 6.5.3).
fn avif_sides(avif: &[u8]) -> (u32, u32) {
    let at = avif.windows(4).position(|four| four == b"ispe").unwrap();
    let number = |at: usize| u32::from_be_bytes(avif[at..at + 4].try_into().unwrap());
    (number(at + 8), number(at + 12))
}

#[test]
fn an_image_is_written_as_avif_unless_that_would_take_too_long() {
    let image = picture(200, 100);
    let avif = Some(Format::Avif);
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        for (size, sides) in [
            (Size::WHOLE, (200, 100)),
            (Size::parse("70x0").unwrap(), (70, 35)),
        ] {
            let written = rendered_as(file(&image, format), size, avif).unwrap();
            assert!(written.len() < 4_000, "{} bytes", written.len());
            assert_eq!(media::of_content(&written).media_type, "image/avif");
            assert_eq!(avif_sides(&written), sides);
        }
    }
    let animated = file(&image, ImageFormat::Gif);
    assert!(rendered_as(animated, Size::WHOLE, avif).is_none());
    let large = file(&picture(2_001, 2_000), ImageFormat::Png);
    assert!(rendered_as(large.clone(), Size::WHOLE, avif).is_none());
    let small = rendered_as(large, Size::parse("0x50").unwrap(), avif).unwrap();
    assert_eq!(avif_sides(&small), (50, 50));
}

#[test]
fn an_image_is_written_in_another_format_whole_or_smaller() {
    let image = picture(200, 100);
    let webp = Some(Format::Webp);
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let bytes = file(&image, format);
        for (size, sides) in [
            (Size::WHOLE, (200, 100)),
            (Size::parse("70x0").unwrap(), (70, 35)),
        ] {
            let written = rendered_as(bytes.clone(), size, webp).unwrap();
            assert!(written.len() < 4_000, "{} bytes", written.len());
            assert_eq!(image::guess_format(&written).unwrap(), ImageFormat::WebP);
            let written = image::load_from_memory(&written).unwrap();
            assert_eq!(written.dimensions(), sides);
            let (right, bottom) = (sides.0 - 5, sides.1 - 5);
            assert!(is(written.get_pixel(5, bottom), RED), "{format:?}");
            assert!(is(written.get_pixel(right, bottom), BLUE), "{format:?}");
        }
    }
    // What is transparent stays so.
    let clear = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(9, 9, image::Rgba([0; 4])));
    let clear = rendered_as(file(&clear, ImageFormat::Png), Size::WHOLE, webp).unwrap();
    assert_eq!(
        image::load_from_memory(&clear).unwrap().get_pixel(4, 4).0[3],
        0
    );
    // A whole one that has the format, would stand still, or is too wide for it, stays as it is.
    for kept in [
        file(&image, ImageFormat::WebP),
        file(&image, ImageFormat::Gif),
        file(&DynamicImage::new_luma8(16_384, 1), ImageFormat::Png),
        png_header(1, 1_000_000_000, 8, 2),
        png_header(65_000, 65_000, 1, 0),
        b"<svg/>".to_vec(),
    ] {
        assert!(rendered_as(kept, Size::WHOLE, webp).is_none());
    }
    let small = rendered_as(
        file(&image, ImageFormat::Gif),
        Size::parse("70x0").unwrap(),
        webp,
    );
    assert_eq!(
        image::guess_format(&small.unwrap()).unwrap(),
        ImageFormat::WebP
    );
}

#[test]
fn what_is_cut_off_is_what_the_size_says() {
    let tall = file(&picture(100, 300), ImageFormat::Png);
    for (size, top) in [("100x100t", GREEN), ("100x100b", RED), ("100x100", RED)] {
        let preview = image::load_from_memory(&rendered(tall.clone(), size).unwrap()).unwrap();
        assert_eq!(preview.dimensions(), (100, 100));
        assert!(is(preview.get_pixel(5, 5), top), "{size}");
    }
}

/// A JPEG whose camera says that it was turned a quarter to the left.
fn turned_jpeg() -> Vec<u8> {
    let jpeg = file(&picture(200, 100), ImageFormat::Jpeg);
    let exif =
        b"\xFF\xE1\0\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    [&jpeg[..2], exif, &jpeg[2..]].concat()
}

#[test]
fn a_turned_picture_is_turned_back() {
    let preview = image::load_from_memory(&rendered(turned_jpeg(), "50x0").unwrap()).unwrap();
    assert_eq!(preview.dimensions(), (50, 100));
    assert!(is(preview.get_pixel(20, 10), RED));
    assert!(is(preview.get_pixel(20, 90), BLUE));
}

fn png_header(width: u32, height: u32, depth: u8, color: u8) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec();
    png.extend(width.to_be_bytes());
    png.extend(height.to_be_bytes());
    png.extend([depth, color, 0, 0, 0]);
    let checksum = crc32fast::hash(&png[12..]);
    png.extend(checksum.to_be_bytes());
    png.extend(b"\0\0\0\x0AIDAT\x78\x9c\x03\0\0\0\0\x01\0\0");
    png
}

/// T-BOMB-1.
#[test]
fn bombs_are_seen_by_their_headers() {
    let gif = |width: u16, height: u16| {
        let mut gif = b"GIF89a".to_vec();
        gif.extend(width.to_le_bytes());
        gif.extend(height.to_le_bytes());
        gif.extend(b"\x80\0\0\0\0\0\xFF\xFF\xFF\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3B");
        gif
    };
    for (name, bytes) in [
        ("a long png", png_header(1, 1_000_000_000, 8, 2)),
        ("a wide png", png_header(2_000_000_000, 1, 8, 2)),
        ("a large png of one bit", png_header(65_000, 65_000, 1, 0)),
        ("a large png of 16 bits", png_header(9_000, 9_000, 16, 6)),
        ("a large gif", gif(65_535, 65_535)),
    ] {
        let size = Size::parse("100x100").unwrap();
        let media_type = media::of_content(&bytes).media_type;
        let source = Source::open(Box::new(Bytes(bytes)), media_type, size, None);
        assert!(!matches!(source, Ok(Some(_))), "{name}");
    }
    // The preview itself would be too large.
    let wide = file(&DynamicImage::new_luma8(20_000, 1), ImageFormat::Png);
    assert!(rendered(wide, "0x5000").is_none());
}

#[test]
fn damaged_images_have_no_preview_and_do_no_harm() {
    let image = picture(60, 40);
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Gif,
        ImageFormat::WebP,
    ] {
        let whole = file(&image, format);
        for length in (0..whole.len()).step_by(7) {
            let preview = rendered(whole[..length].to_vec(), "20x20");
            assert!(
                preview.is_none() || length > whole.len() / 4,
                "{format:?} {length}"
            );
        }
        for place in (0..whole.len()).step_by(5) {
            let mut damaged = whole.clone();
            damaged[place] ^= 0xFF;
            let _ = rendered(damaged, "20x20");
        }
    }
    for content in [b"".as_slice(), b"<svg/>", b"%PDF-1.4", b"BM\0\0", b"II*\0"] {
        assert!(rendered(content.to_vec(), "20x20").is_none());
    }
}

#[test]
fn of_an_animation_the_first_picture_is_shown() {
    let mut bytes = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
        for color in [RED, BLUE, GREEN] {
            let picture = RgbImage::from_pixel(40, 40, Rgb(color));
            let picture = DynamicImage::ImageRgb8(picture).to_rgba8();
            encoder.encode_frame(image::Frame::new(picture)).unwrap();
        }
    }
    let preview = image::load_from_memory(&rendered(bytes, "20x20").unwrap()).unwrap();
    assert!(is(preview.get_pixel(10, 10), RED));
}
