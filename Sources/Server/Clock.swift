internal import FoundationEssentials
public import Polling

extension Timestamp {
  /// The wall clock.
  public static var now: Timestamp {
    Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
  }
}
