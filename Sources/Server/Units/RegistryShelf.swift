internal import Polling
internal import Synchronization

/// The registry of units as it was published last.
final class RegistryShelf: Sendable {
  private let newest = Mutex<UnitTree?>(nil)

  /// Nil: none was published.
  var tree: UnitTree? { newest.withLock { $0 } }

  func note(_ registry: UnitRegistry?) {
    guard let registry else { return }
    let tree = UnitTree(registry)
    newest.withLock { $0 = tree }
  }
}
