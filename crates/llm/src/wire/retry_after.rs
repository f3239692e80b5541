//! How long a server says to wait: `retry-after-ms`, or `Retry-After` as seconds or as a date.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The wait that a response asks for, if it does.
pub(crate) fn told_wait(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(wait) = text("retry-after-ms").and_then(|ms| seconds(ms, 1e-3)) {
        return Some(wait);
    }
    let told = text(RETRY_AFTER.as_str())?;
    seconds(told, 1.0).or_else(|| until(told, text(DATE.as_str())))
}

fn seconds(text: &str, scale: f64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    Duration::try_from_secs_f64(number.max(0.0) * scale).ok()
}

/// Time until a date. It is counted from the server's own date, which has been cut to the second: so never too short.
fn until(told: &str, date: Option<&str>) -> Option<Duration> {
    let told = httpdate::parse_http_date(told).ok()?;
    let now = date.and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or_else(our_clock);
    Some(told.duration_since(now).unwrap_or_default())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a date from a server that does not tell its own time has no other measure"
)]
fn our_clock() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::told_wait;

    fn wait(fields: &[(&'static str, &'static str)]) -> Option<Duration> {
        let fields =
            fields.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        told_wait(&fields.collect::<HeaderMap>())
    }

    #[test]
    fn all_three_forms_are_read_and_milliseconds_come_first() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(wait(&[("retry-after", "0.5")]), Some(Duration::from_millis(500)));
        assert_eq!(wait(&[("retry-after", "7"), ("retry-after-ms", "1500")]), Some(Duration::from_millis(1500)));
        let later = ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT");
        assert_eq!(wait(&[later, date]), Some(Duration::from_secs(30)));
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"), date]), Some(Duration::ZERO));
        assert_eq!(wait(&[later]), Some(Duration::ZERO));
        for nonsense in ["-3", "soon", "nan", "1e400"] {
            assert!(wait(&[("retry-after", nonsense)]).is_none_or(|wait| wait.is_zero()), "{nonsense}");
        }
    }
}
