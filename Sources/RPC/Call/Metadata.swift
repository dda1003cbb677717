/// Keys and values sent along with a request. Keys repeat, keep their order, and are compared without regard to case:
/// they are lower-cased when set, and a peer that did not do so is understood all the same.
public struct Metadata: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public let key: String
    public let value: String

    public init(key: String, value: String) {
      self.key = key.lowercased()
      self.value = value
    }
  }

  public private(set) var entries: [Entry]

  public init(_ entries: [Entry] = []) {
    self.entries = entries
  }

  public var isEmpty: Bool { entries.isEmpty }

  /// Adds a value; values already there under this key stay.
  public mutating func add(_ key: String, _ value: String) {
    entries.append(Entry(key: key, value: value))
  }

  /// The first value of `key`.
  public subscript(key: String) -> String? {
    let key = key.lowercased()
    return entries.first { $0.key == key }?.value
  }

  /// All values of `key`, in order.
  public func values(of key: String) -> [String] {
    let key = key.lowercased()
    return entries.lazy.filter { $0.key == key }.map(\.value)
  }
}
