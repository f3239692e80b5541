//! Which language a text is in, on a bounded sample of it.
//!
//! What is done with an unwanted language is the operators' business.

use whatlang::Lang;

/// The language of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Detected {
    /// ISO 639-1 code.
    pub(crate) code: &'static str,
    /// From 0 to 1; 1 where all windows agreed.
    pub(crate) confidence: f64,
}

const NUM_WINDOWS: usize = 8;

/// Finds the language of the text. `None` if the sample has hardly a letter.
///
/// The fast classifier knows 16 languages and takes every other one for one of those; so its word for an unwanted
/// language counts only if it knows all wanted ones.
pub(crate) fn detect(text: &str, sample_bytes: usize, wanted: &[&str]) -> Option<Detected> {
    let windows = windows(text, sample_bytes.div_ceil(NUM_WINDOWS));
    if !windows.iter().all(|window| mostly_letters(window)) {
        return detect_slowly(&windows);
    }
    let mut codes = windows.iter().map(|window| fast_code(whichlang::detect_language(window)));
    let first = codes.next()?;
    let unanimous = codes.all(|code| code == first);
    match unanimous && (wanted.contains(&first) || wanted.iter().all(|code| FAST_CODES.contains(code))) {
        true => Some(Detected { code: first, confidence: 1.0 }),
        false => detect_slowly(&windows),
    }
}

/// The code itself, if it is one of a language that can be told.
pub(crate) fn known(code: &str) -> Option<&'static str> {
    CODES.iter().map(|&(_, known)| known).find(|&known| known == code)
}

fn detect_slowly(windows: &[&str]) -> Option<Detected> {
    let sample = windows.join(" ");
    let info = whatlang::detect(&sample)?;
    let code = CODES.iter().find(|(lang, _)| *lang == info.lang())?.1;
    Some(Detected { code, confidence: info.confidence() })
}

/// Pieces of the text at even distances, the whole text if it is short; none of them empty.
fn windows(text: &str, window_bytes: usize) -> Vec<&str> {
    if text.len() <= window_bytes * NUM_WINDOWS {
        return vec![text];
    }
    let last_start = text.len() - window_bytes;
    let window = |idx: usize| {
        let start = text.floor_char_boundary(last_start / (NUM_WINDOWS - 1) * idx);
        text.get(start..text.ceil_char_boundary(start + window_bytes)).unwrap_or_default()
    };
    (0..NUM_WINDOWS).map(window).collect()
}

/// Without this, a table of figures would pass for English, which the fast classifier gives for want of evidence.
fn mostly_letters(window: &str) -> bool {
    let num_letters = window.bytes().filter(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii()).count();
    num_letters * 2 > window.len()
}

const FAST_CODES: [&str; 16] =
    ["ar", "zh", "de", "en", "fr", "hi", "it", "ja", "ko", "nl", "pt", "ru", "es", "sv", "tr", "vi"];

fn fast_code(lang: whichlang::Lang) -> &'static str {
    use whichlang::Lang;
    match lang {
        Lang::Ara => "ar",
        Lang::Cmn => "zh",
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Hin => "hi",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
    }
}

/// Every language that can be told, with its ISO 639-1 code.
const CODES: [(Lang, &str); 70] = [
    (Lang::Epo, "eo"),
    (Lang::Eng, "en"),
    (Lang::Rus, "ru"),
    (Lang::Cmn, "zh"),
    (Lang::Spa, "es"),
    (Lang::Por, "pt"),
    (Lang::Ita, "it"),
    (Lang::Ben, "bn"),
    (Lang::Fra, "fr"),
    (Lang::Deu, "de"),
    (Lang::Ukr, "uk"),
    (Lang::Kat, "ka"),
    (Lang::Ara, "ar"),
    (Lang::Hin, "hi"),
    (Lang::Jpn, "ja"),
    (Lang::Heb, "he"),
    (Lang::Yid, "yi"),
    (Lang::Pol, "pl"),
    (Lang::Amh, "am"),
    (Lang::Jav, "jv"),
    (Lang::Kor, "ko"),
    (Lang::Nob, "nb"),
    (Lang::Dan, "da"),
    (Lang::Swe, "sv"),
    (Lang::Fin, "fi"),
    (Lang::Tur, "tr"),
    (Lang::Nld, "nl"),
    (Lang::Hun, "hu"),
    (Lang::Ces, "cs"),
    (Lang::Ell, "el"),
    (Lang::Bul, "bg"),
    (Lang::Bel, "be"),
    (Lang::Mar, "mr"),
    (Lang::Kan, "kn"),
    (Lang::Ron, "ro"),
    (Lang::Slv, "sl"),
    (Lang::Hrv, "hr"),
    (Lang::Srp, "sr"),
    (Lang::Mkd, "mk"),
    (Lang::Lit, "lt"),
    (Lang::Lav, "lv"),
    (Lang::Est, "et"),
    (Lang::Tam, "ta"),
    (Lang::Vie, "vi"),
    (Lang::Urd, "ur"),
    (Lang::Tha, "th"),
    (Lang::Guj, "gu"),
    (Lang::Uzb, "uz"),
    (Lang::Pan, "pa"),
    (Lang::Aze, "az"),
    (Lang::Ind, "id"),
    (Lang::Tel, "te"),
    (Lang::Pes, "fa"),
    (Lang::Mal, "ml"),
    (Lang::Ori, "or"),
    (Lang::Mya, "my"),
    (Lang::Nep, "ne"),
    (Lang::Sin, "si"),
    (Lang::Khm, "km"),
    (Lang::Tuk, "tk"),
    (Lang::Aka, "ak"),
    (Lang::Zul, "zu"),
    (Lang::Sna, "sn"),
    (Lang::Afr, "af"),
    (Lang::Lat, "la"),
    (Lang::Slk, "sk"),
    (Lang::Cat, "ca"),
    (Lang::Tgl, "tl"),
    (Lang::Hye, "hy"),
    (Lang::Cym, "cy"),
];

#[cfg(test)]
mod tests {
    use super::{CODES, FAST_CODES, known, windows};

    #[test]
    fn every_language_has_one_code() {
        let mut codes: Vec<&str> = CODES.iter().map(|&(_, code)| code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), whatlang::Lang::all().len());
        assert!(FAST_CODES.iter().all(|code| known(code).is_some()));
    }

    #[test]
    fn windows_are_bounded_and_cover_both_ends() {
        let text = format!("start {} end", "ä".repeat(5000));
        let windows = windows(&text, 80);
        assert_eq!(windows.len(), 8);
        assert!(windows.iter().all(|window| !window.is_empty() && window.len() <= 84));
        assert!(windows[0].starts_with("start") && windows[7].ends_with(" end"), "{windows:?}");
    }
}
