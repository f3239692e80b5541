//! Models on real engines: a tiny random encoder on `rten` always, and on ONNX Runtime where `QUARRY_TEST_ORT` names the
//! library.

mod encoder;
mod head;
mod shipped;
mod support;
