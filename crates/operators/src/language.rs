//! Which language a text is in, on a bounded sample of it.
//!
//! Two identifiers: a fast one of 16 languages (whichlang, 4 µs for 100 characters) and a trigram model of 70 (whatlang, 80 µs).
//! The fast one takes every other language for one of its own: of long texts it calls all Tamil Vietnamese, all Bulgarian
//! Russian and a third of the Welsh English. So its word alone counts only where all windows of a longer text agree on a
//! language that no other one is taken for; otherwise both are asked.
//!
//! Measured on the paragraphs of the Universal Declaration of Human Rights in 68 languages (`benches/peers/language_python.py`,
//! 4,029 paragraphs, a quarter under 90 characters): 99.16 % are told rightly with a confidence of 0.5 or more, beside 86.6 % with
//! the same confidence, and 90.5 % with any, for fastText's `lid.176.ftz`; of 269,943 times that another language was wanted, 7
//! paragraphs would have been taken for it.
//! Languages that neither model knows come out as their nearest relative, such as Galician as Portuguese.
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
/// How much of a document is looked at where no param says otherwise.
const SAMPLE_BYTES: usize = 640;

/// From how many windows on their agreement is enough.
const MIN_WINDOWS: usize = 6;
/// Languages of the fast classifier that it takes no other language for, if it sees enough. English has Welsh.
const SAFE_CODES: [&str; 8] = ["de", "es", "fr", "it", "ja", "ko", "pt", "zh"];

/// Finds the language of the text. `None` if the sample has hardly a letter.
pub(crate) fn detect(text: &str, sample_bytes: usize) -> Option<Detected> {
    let windows = windows(text, sample_bytes.div_ceil(NUM_WINDOWS));
    if !windows.iter().all(|window| mostly_letters(window)) {
        return detect_slowly(&windows);
    }
    let codes: Vec<&str> = windows.iter().map(|window| fast_code(whichlang::detect_language(window))).collect();
    let first = *codes.first()?;
    let is_unanimous = codes.iter().all(|code| *code == first);
    let is_safe = || SAFE_CODES.contains(&first) || (first == "en" && has_english_words(&windows));
    if is_unanimous && windows.len() >= MIN_WINDOWS && is_safe() {
        return Some(Detected { code: first, confidence: 1.0 });
    }
    let found = detect_slowly(&windows)?;
    if is_unanimous && found.code == first {
        return Some(Detected { confidence: 1.0, ..found });
    }
    if is_unanimous || !FAST_CODES.contains(&found.code) {
        return Some(found);
    }
    // A text that is only partly in a language is in it no more surely than that part is large.
    let num_agreeing = codes.iter().filter(|code| **code == found.code).count();
    Some(Detected { confidence: found.confidence.min(num_agreeing as f64 / codes.len() as f64), ..found })
}

/// The languages of a question and of its document, if both can be told and they are not the same.
///
/// A question is short and full of names, so both classifiers have to agree about it, the slow one nearly surely.
pub(crate) fn clearly_differ(question: &str, text: &str) -> Option<(&'static str, &'static str)> {
    const MIN_CONFIDENCE: f64 = 0.9;
    let wanted = match detect(text, SAMPLE_BYTES) {
        Some(found) if found.confidence >= MIN_CONFIDENCE => found.code,
        _ => return None,
    };
    // Most questions are settled here, in a few microseconds.
    if fast_code(whichlang::detect_language(question)) == wanted {
        return None;
    }
    let found = detect_slowly(&[question]).filter(|found| found.confidence >= MIN_CONFIDENCE)?;
    let fast = fast_code(whichlang::detect_language(question));
    let agree = found.code == fast || !FAST_CODES.contains(&found.code);
    (agree && found.code != wanted).then_some((found.code, wanted))
}

/// The code itself, if it is one of a language that can be told.
pub(crate) fn known(code: &str) -> Option<&'static str> {
    CODES.iter().map(|&(_, known)| known).find(|&known| known == code)
}

fn detect_slowly(windows: &[&str]) -> Option<Detected> {
    let sample = windows.join(" ");
    let info = whatlang::detect(&sample)?;
    let code = CODES.iter().find(|(lang, _)| *lang == info.lang())?.1;
    Some(Detected { code, confidence: calibrated(info.confidence()) })
}

/// What the trigram model calls 0.1 is right as often as not, and above that it is right in nine of ten.
fn calibrated(confidence: f64) -> f64 {
    const EVEN: f64 = 0.1;
    if confidence < EVEN { confidence / EVEN / 2.0 } else { 0.5 + (confidence - EVEN) / (1.0 - EVEN) / 2.0 }
}

/// Whether two windows at least have one of the words that English cannot do without.
fn has_english_words(windows: &[&str]) -> bool {
    const WORDS: [&str; 8] = ["the", "of", "and", "to", "is", "in", "that", "for"];
    let has_word = |window: &&&str| {
        let mut words = window.split(|ch: char| !ch.is_ascii_alphabetic());
        words.any(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)))
    };
    windows.iter().filter(has_word).take(2).count() == 2
}

/// Pieces of the text at even distances, eight at most; a short text is one piece.
fn windows(text: &str, window_bytes: usize) -> Vec<&str> {
    let num_windows = text.len().div_ceil(window_bytes).min(NUM_WINDOWS);
    if num_windows < 2 {
        return vec![text];
    }
    let last_start = text.len() - window_bytes;
    let window = |idx: usize| {
        let start = text.floor_char_boundary(last_start * idx / (num_windows - 1));
        text.get(start..text.ceil_char_boundary(start + window_bytes)).unwrap_or_default()
    };
    (0..num_windows).map(window).collect()
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
