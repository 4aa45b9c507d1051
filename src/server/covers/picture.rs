//! A stranger's bytes, decoded within bounds and drawn anew: what a browser gets is ours to the last byte.
//!
//! What a file is follows from its first bytes; only PNG, JPEG, GIF and WebP have a decoder here. Its sides, its pixels
//! and the memory that they take are looked at before a pixel is decoded: a bomb is refused by its head. Of a moving
//! picture the first one is kept. SVG is refused: it can hold scripts.

use std::io::Cursor;

use axum::body::Bytes;
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder,
    metadata::Orientation,
};

/// Longest side of a picture that is taken, in pixels.
const LONGEST: u32 = 10_000;
/// Most pixels of a picture that is taken: what a good telephone makes.
const PIXELS: u64 = 25_000_000;
/// Most memory that decoded pixels may take, in bytes: 128 MiB. What decoders need beside it is bounded by [`PIXELS`]: of
/// the most that are taken, a baseline JPEG takes 75 MiB in all, a progressive one 220, a moving WebP 290.
const MEMORY: u64 = 128 * 1024 * 1024;
/// Longest side of what is drawn, in pixels: the page shows 80, screens have up to three pixels in one, and a wide
/// picture is cut at its sides.
const DRAWN: u32 = 480;
/// How good a JPEG is made, of 100.
const QUALITY: u8 = 82;

/// A picture as it is handed out.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its media type.
    pub kind: &'static str,
    /// The whole file.
    pub bytes: Bytes,
}

/// Decodes a file and draws it anew, small. Takes long; blocks.
///
/// # Errors
/// Says why not, for the log.
pub fn draw(file: &[u8]) -> Result<Picture, String> {
    let format = image::guess_format(file).map_err(|_| "it begins like no picture".to_owned())?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP) {
        return Err(format!("{format:?} is not taken"));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST);
    limits.max_image_height = Some(LONGEST);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|why| why.to_string())?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS || decoder.total_bytes() > MEMORY {
        return Err(format!("{width} times {height} pixels are too many"));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let whole = DynamicImage::from_decoder(decoder).map_err(|why| why.to_string())?;
    let mut drawn = if width.max(height) > DRAWN { whole.thumbnail(DRAWN, DRAWN) } else { whole };
    drawn.apply_orientation(orientation);
    write(&drawn).map_err(|why| why.to_string())
}

/// What can be seen through stays PNG; everything else is smaller as JPEG.
fn write(drawn: &DynamicImage) -> Result<Picture, image::ImageError> {
    let mut bytes = Vec::new();
    let kind = if drawn.color().has_alpha() {
        drawn.to_rgba8().write_with_encoder(PngEncoder::new(&mut bytes))?;
        "image/png"
    } else {
        drawn.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
        "image/jpeg"
    };
    Ok(Picture { kind, bytes: Bytes::from(bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let picture = DynamicImage::new_rgb8(width, height);
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn sides(picture: &Picture) -> (u32, u32) {
        let drawn = image::load_from_memory(&picture.bytes).unwrap();
        (drawn.width(), drawn.height())
    }

    #[test]
    fn a_picture_is_drawn_anew_and_small() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
            let given = [&file(format, 960, 540)[..], b"<script>alert(1)</script>"].concat();
            let drawn = draw(&given).unwrap();
            assert_eq!(sides(&drawn), (480, 270), "{format:?}");
            assert!(!String::from_utf8_lossy(&drawn.bytes).contains("script"), "{format:?}");
            assert_eq!(sides(&draw(&file(format, 3, 2)).unwrap()), (3, 2), "small ones stay small: {format:?}");
        }
        let clear = DynamicImage::new_rgba8(4, 4);
        let mut bytes = Cursor::new(Vec::new());
        clear.write_to(&mut bytes, ImageFormat::Png).unwrap();
        assert_eq!(draw(&bytes.into_inner()).unwrap().kind, "image/png");
    }

    #[test]
    fn a_bomb_is_refused_by_its_head() {
        // A PNG whose head promises 60,000 times 60,000 pixels; the rest is that of a small one.
        let mut png = file(ImageFormat::Png, 8, 8);
        png.splice(16..24, [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
        let crc = crc(&png[12..29]);
        png.splice(29..33, crc.to_be_bytes());
        assert!(draw(&png).is_err());
        // Within both sides and over the number of pixels.
        png.splice(16..24, [0, 0, 0x20, 0, 0, 0, 0x20, 0]);
        let crc = self::crc(&png[12..29]);
        png.splice(29..33, crc.to_be_bytes());
        assert_eq!(draw(&png).err().as_deref(), Some("8192 times 8192 pixels are too many"));
        // Honest and highly packed: 5,001 times 5,000 black pixels, 75 MB, in less than one.
        let packed = file(ImageFormat::Png, 5_001, 5_000);
        assert!(packed.len() < 1_000_000);
        assert_eq!(draw(&packed).err().as_deref(), Some("5001 times 5000 pixels are too many"));
    }

    #[test]
    fn what_is_broken_or_no_picture_is_refused() {
        let whole = file(ImageFormat::Jpeg, 64, 64);
        for bad in [
            &b""[..],
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"<html>",
            b"GIF89a",
            b"\x89PNG\r\n\x1a\n",
            b"RIFF\0\0\0\0WEBPVP8 ",
            b"\xFF\xD8\xFF",
            b"BM\0\0\0\0",
            b"II*\0",
            b"\0\0\0\x1cftypavif",
            &whole[..whole.len() / 3],
        ] {
            assert!(draw(bad).is_err(), "{:?}", String::from_utf8_lossy(&bad[..bad.len().min(12)]));
        }
        for format in [ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
            let whole = file(format, 64, 64);
            for at in 0..whole.len() {
                let mut bent = whole.clone();
                bent[at] ^= 0x55;
                // Whatever comes of it: no panic, and nothing large.
                assert!(draw(&bent).is_ok_and(|drawn| drawn.bytes.len() < 200_000) || draw(&bent).is_err());
            }
        }
    }

    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
    }
}
