//! What a deployment says about engines and devices; what comes of it is decided in `runtime`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which engine is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuntimeChoice {
    /// ONNX Runtime where it is found, else the embedded engine.
    #[default]
    Auto,
    /// ONNX Runtime or an error.
    Onnxruntime,
    /// The embedded engine, pure Rust.
    Rten,
}

/// Where models run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Device {
    /// A GPU where one works, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The CUDA device of this number, or an error.
    Cuda(u32),
}

/// All that decides which engine and device models run on; no path in it needs to exist.
#[derive(Debug, Clone, Default)]
pub struct RuntimeConfig {
    /// The engine asked for.
    pub runtime: RuntimeChoice,
    /// The device asked for.
    pub device: Device,
    /// Workers on the CPU, each one thread; 0 is one for each core.
    pub threads: usize,
    /// The library named in the config: a file, or a folder that holds it.
    pub library: Option<PathBuf>,
    /// The library named by `ORT_DYLIB_PATH`, read by the caller: this crate reads no environment.
    pub env_library: Option<PathBuf>,
    /// The user's cache, where [`install`](crate::install) puts the library.
    pub cache_library: Option<PathBuf>,
    /// The folder of the executable.
    pub beside_exe: Option<PathBuf>,
}

/// A setting that is none of the words it may be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not one of {expected}")]
pub struct ParseSettingError {
    found: String,
    expected: &'static str,
}

impl FromStr for RuntimeChoice {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "onnxruntime" => Ok(Self::Onnxruntime),
            "rten" => Ok(Self::Rten),
            _ => Err(ParseSettingError { found: text.to_owned(), expected: "`auto`, `onnxruntime`, `rten`" }),
        }
    }
}

impl fmt::Display for RuntimeChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Onnxruntime => "onnxruntime",
            Self::Rten => "rten",
        })
    }
}

impl FromStr for Device {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || ParseSettingError { found: text.to_owned(), expected: "`auto`, `cpu`, `cuda`, `cuda:N`" };
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => {
                let number = text.strip_prefix("cuda:").ok_or_else(unknown)?;
                number.parse().map(Self::Cuda).map_err(|_| unknown())
            }
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(number) => write!(f, "cuda:{number}"),
        }
    }
}

impl TryFrom<String> for Device {
    type Error = ParseSettingError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Device> for String {
    fn from(device: Device) -> Self {
        device.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{Device, RuntimeChoice};

    #[test]
    fn settings_read_back_as_they_are_written() {
        for device in [Device::Auto, Device::Cpu, Device::Cuda(0), Device::Cuda(7)] {
            assert_eq!(device.to_string().parse(), Ok(device));
        }
        for choice in [RuntimeChoice::Auto, RuntimeChoice::Onnxruntime, RuntimeChoice::Rten] {
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
        assert_eq!("cuda".parse(), Ok(Device::Cuda(0)));
    }

    #[test]
    fn an_unknown_device_names_the_known_ones() {
        for text in ["gpu", "cuda:", "cuda:x", "cuda:-1", ""] {
            let error = text.parse::<Device>().unwrap_err().to_string();
            assert!(error.contains("`cuda:N`"), "{error}");
        }
    }
}
