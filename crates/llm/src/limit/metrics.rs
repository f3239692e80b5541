//! The metrics of a vLLM server, as far as they say how full it is.

/// How full a server is, over all its engines.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Gauges {
    /// Requests that it works on.
    pub running: f64,
    /// Requests that wait for room.
    pub waiting: f64,
    /// Requests that it had to put back for lack of memory, since it started.
    pub num_preemptions: f64,
}

/// Reads metrics in Prometheus' text form; none where they are not of such a server.
pub(crate) fn read_gauges(text: &str) -> Option<Gauges> {
    let mut gauges = Gauges::default();
    let (mut has_running, mut has_waiting) = (false, false);
    for line in text.lines().filter(|line| line.starts_with("vllm:num_")) {
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        // The value is the word after the labels, whose values may hold spaces.
        let after = line.rsplit_once('}').map_or(line.get(name.len()..).unwrap_or_default(), |(_, after)| after);
        let Some(value) = after.split_whitespace().next().and_then(|value| value.parse::<f64>().ok()) else { continue };
        match name {
            "vllm:num_requests_running" => {
                has_running = true;
                gauges.running += value;
            }
            "vllm:num_requests_waiting" => {
                has_waiting = true;
                gauges.waiting += value;
            }
            "vllm:num_preemptions_total" | "vllm:num_preemptions" => gauges.num_preemptions += value,
            _ => {}
        }
    }
    (has_running && has_waiting && gauges.running.is_finite() && gauges.waiting.is_finite()).then_some(gauges)
}

#[cfg(test)]
mod tests {
    use super::{Gauges, read_gauges};

    #[test]
    fn engines_are_added_up_and_other_servers_have_no_gauges() {
        let text = "# HELP vllm:num_requests_running x\n# TYPE vllm:num_requests_running gauge\n\
            vllm:num_requests_running{engine=\"0\",model_name=\"a b\"} 200.0\n\
            vllm:num_requests_running{engine=\"1\",model_name=\"a b\"} 56.0\n\
            vllm:num_requests_waiting{engine=\"0\",model_name=\"a b\"} 3.0\n\
            vllm:num_preemptions_total{engine=\"0\"} 2 1700000000\n";
        assert_eq!(read_gauges(text), Some(Gauges { running: 256.0, waiting: 3.0, num_preemptions: 2.0 }));
        assert_eq!(read_gauges("vllm:num_requests_running 1\n"), None);
        assert_eq!(read_gauges("llamacpp:requests_processing 1\n<html>"), None);
    }
}
