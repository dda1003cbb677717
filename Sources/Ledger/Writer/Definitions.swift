internal import Polling

/// All polls, and the register of kiosks, as the entries define them.
struct Definitions {
  struct Defined {
    /// Version n is the n-th.
    var versions: [Poll] = []
    /// The sequence that published each.
    var sequences: [UInt64] = []
    /// What closed it.
    var closing: (sequence: UInt64, at: Timestamp)?

    var isClosed: Bool { closing != nil }

    func version(_ number: UInt32) -> Poll? {
      guard let index = Int(exactly: number), versions.indices.contains(index - 1) else { return nil }
      return versions[index - 1]
    }
  }

  private(set) var polls: [PollID: Defined] = [:]
  /// In order of publication.
  private(set) var order: [(poll: PollID, version: UInt32)] = []
  var kiosks = KioskRegister()
  /// The newest version of the registry of units, and the sequence that published it.
  private(set) var registry: (value: UnitRegistry, sequence: UInt64)?

  subscript(id: PollID) -> Defined? { polls[id] }

  /// Nil: done. Else what is wrong with it as the next entry.
  mutating func publish(_ poll: Poll, sequence: UInt64) -> String? {
    let known = polls[poll.id] ?? Defined()
    if known.isClosed { return "publishes poll \(poll.id), which is closed" }
    guard Int(poll.version) == known.versions.count + 1 else {
      return "publishes version \(poll.version) of poll \(poll.id) after version \(known.versions.count)"
    }
    if let newest = known.versions.last, newest.policy.anonymity != poll.policy.anonymity {
      return "publishes version \(poll.version) of poll \(poll.id) with another anonymity"
    }
    polls[poll.id, default: Defined()].versions.append(poll)
    polls[poll.id]?.sequences.append(sequence)
    order.append((poll.id, poll.version))
    return nil
  }

  mutating func close(_ id: PollID, at: Timestamp, sequence: UInt64) -> String? {
    guard let known = polls[id] else { return "closes poll \(id), which was not published" }
    if known.isClosed { return "closes poll \(id) again" }
    polls[id]?.closing = (sequence, at)
    return nil
  }

  private mutating func close(_ entry: CloseEntry, sequence: UInt64) -> String? {
    close(entry.poll, at: entry.at, sequence: sequence)
  }

  /// Nil: done. Else what is wrong with it as the next entry.
  mutating func publish(_ registry: UnitRegistry, sequence: UInt64) -> String? {
    let before = self.registry?.value.version ?? 0
    guard UInt64(registry.version) == UInt64(before) + 1 else {
      return "publishes version \(registry.version) of the registry of units after version \(before)"
    }
    self.registry = (registry, sequence)
    return nil
  }

  /// Every version, oldest first.
  var published: [PublishedPoll] {
    order.compactMap { id, version in
      guard let defined = polls[id], let poll = defined.version(version) else { return nil }
      return PublishedPoll(poll: poll, closedAt: defined.closing?.at)
    }
  }

  /// Takes over an entry if it defines something. Nil: well. Else what is wrong with it.
  mutating func fold(
    sequence: UInt64, kind: EntryKind, body: UnsafeRawBufferPointer
  ) throws(FormatError) -> String? {
    switch kind {
    case .publish: publish(try PublishEntry(body).poll, sequence: sequence)
    case .close: try close(CloseEntry(body), sequence: sequence)
    case .kioskCode: kiosks.open(try KioskCodeEntry(body).code, sequence: sequence)
    case .registry: publish(try RegistryEntry(body).registry, sequence: sequence)
    case .kioskCertificate: kiosks.issue(try KioskCertificateEntry(body), sequence: sequence)
    case .cast, .void, .refusedPress, .act: nil
    }
  }
}
