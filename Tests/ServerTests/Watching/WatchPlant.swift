import Polling
import Synchronization
import Tallies

/// A hub that goes wrong between the figures and whoever watches them: what the checker is there for.
enum WatchPlant: CaseIterable, Sendable {
  /// From the third update on, none arrives.
  case dropsTheLastUpdates
  /// Says a revision that the figures do not have yet.
  case isAheadOfItsFigures
  /// Who comes again is shown what was first shown to anybody.
  case goesBackAfterResume
  /// Who comes with figures of another ledger is told that they are current.
  case resumesOverAnotherEpoch

  /// Whoever is slow passes for one who has taken what he was told.
  case forgetsWhoIsSlow
  /// After a while nobody is told anything.
  case fallsSilent

  /// What the checker must say of it.
  var fault: String {
    switch self {
    case .dropsTheLastUpdates: "said to be current, and is not"
    case .isAheadOfItsFigures: "at revision"
    case .goesBackAfterResume: "goes back"
    case .resumesOverAnotherEpoch: "another ledger's"
    case .forgetsWhoIsSlow: "said to be current, and is not"
    case .fallsSilent: "hears nothing any more"
    }
  }

  func carrier() -> @Sendable (any TallyCarrier) -> any TallyCarrier {
    let memory = PlantedCarrier.Memory()
    return { PlantedCarrier(plant: self, next: $0, memory: memory) }
  }
}

private struct PlantedCarrier: TallyCarrier {
  final class Memory: Sendable {
    let first = Mutex<[String: PollFigures]>([:])
    let updates = Mutex(0)
    let tellings = Mutex(0)
  }

  let plant: WatchPlant
  let next: any TallyCarrier
  let memory: Memory

  func carry(_ tellings: [WatchTelling]) async -> [SlowWatcher] {
    let slow = await next.carry(tellings.map(spoilt))
    return plant == .forgetsWhoIsSlow ? [] : slow
  }

  private func spoilt(_ telling: WatchTelling) -> WatchTelling {
    switch (plant, telling.event) {
    case (.dropsTheLastUpdates, .update):
      let number = memory.updates.withLock { updates in
        updates += 1
        return updates
      }
      return number < 3 ? telling : WatchTelling(telling.event, to: [])
    case (.fallsSilent, _):
      let number = memory.tellings.withLock { tellings in
        tellings += 1
        return tellings
      }
      return number < 20 ? telling : WatchTelling(telling.event, to: [])
    case (.isAheadOfItsFigures, .update(let figures)):
      return WatchTelling(.update(figures.at(figures.tally.revision + 1)), to: telling.watchers)
    case (.goesBackAfterResume, .snapshot(let figures)):
      let part = "\(figures.epoch) \(figures.tally.unit.rawValue) \(figures.tally.channel?.rawValue ?? 0)"
      let first = memory.first.withLock { first in
        first[part] = first[part] ?? figures
        return first[part] ?? figures
      }
      return WatchTelling(.snapshot(first), to: telling.watchers)
    case (.resumesOverAnotherEpoch, .reset(let figures)):
      return WatchTelling(
        .current(WatchPosition(epoch: figures.epoch, revision: figures.tally.revision)), to: telling.watchers)
    default: return telling
    }
  }
}

extension PollFigures {
  fileprivate func at(_ revision: UInt64) -> PollFigures {
    var tally = tally
    tally.revision = revision
    return PollFigures(tally: tally, poll: poll, pollVersion: pollVersion, isClosed: isClosed, epoch: epoch)
  }
}
