internal import Glibc
internal import Polling

/// The clocks of this machine.
public struct DeviceClock: Sendable {
  private let boot: String

  public init() {
    boot = DeviceClock.bootID()
  }

  public func read() -> ClockReading {
    ClockReading(
      wall: Timestamp(milliseconds: DeviceClock.milliseconds(CLOCK_REALTIME)),
      steady: DeviceClock.milliseconds(CLOCK_BOOTTIME), boot: boot)
  }

  private static func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// Empty where the kernel does not say: then two starts look like one, and the steady clock tells them apart when it
  /// goes back.
  private static func bootID() -> String {
    guard let file = fopen("/proc/sys/kernel/random/boot_id", "re") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count).filter { $0 > 0x20 }, as: UTF8.self)
  }
}
