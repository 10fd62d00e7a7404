using System.Globalization;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>Thrown when this tracker cannot be in a cluster with the others because a setting that must be the same differs.</summary>
public sealed class ClusterMismatchException : Exception
{
    /// <param name="message">The setting that differs, and what to do.</param>
    public ClusterMismatchException(string message)
        : base(message)
    {
    }
}

/// <summary>The settings that must be the same on all trackers in a cluster.</summary>
/// <remarks>
/// With different sizes, two groups of trackers could both count as a majority. With different access keys, a peer that one tracker admits
/// would be refused by the next.
/// </remarks>
internal sealed class SharedSettings
{
    private const string Size = "tsp.tracker.cluster.size";
    private const string Key = "tsp.tracker.access-key";

    /// <summary>The maximum number of settings that are read from another tracker.</summary>
    private const int Most = 16;

    private readonly int _expected;
    private readonly SharedSetting[] _own;

    private SharedSettings(int expected, SharedSetting[] own) => (_expected, _own) = (expected, own);

    /// <summary>Returns this tracker's settings.</summary>
    public static SharedSettings Of(TrackerSettings settings)
    {
        var expected = settings.Cluster.ExpectedSize;
        return new SharedSettings(expected,
        [
            new SharedSetting { Name = Size, Value = expected.ToString(CultureInfo.InvariantCulture) },
            new SharedSetting { Name = Key, Value = settings.AccessKey is null ? "not set" : "set", Digest = DigestOf(settings.AccessKey) },
        ]);
    }

    /// <summary>Adds these settings to a message for another tracker.</summary>
    public void AddTo(Membership membership) => membership.Settings.Add(_own);

    /// <summary>Compares these settings with another tracker's.</summary>
    /// <param name="tracker">The other tracker, as host:port.</param>
    /// <param name="theirs">The other tracker's message with its settings.</param>
    /// <returns>A message that names the first difference and says what to do; null if this version of the program finds none.</returns>
    public string? DifferenceFrom(string tracker, Membership theirs)
    {
        foreach (var other in theirs.Settings.Take(Most))
        {
            if (Array.Find(_own, setting => setting.Name == other.Name) is not { } own
                || (own.Value == other.Value && own.Digest.Equals(other.Digest)))
                continue;
            var difference = own.Name == Size
                ? $"this tracker expects {CountOf(own.Value)} in its cluster, but {tracker} expects {CountOf(other.Value)}; set the same "
                + "tsp.tracker.cluster.seed-nodes and cluster.size on all trackers"
                : own.Value == other.Value ? $"{own.Name} differs between this tracker and {tracker}; set the same value on all trackers"
                : $"{own.Name} is {own.Value} on this tracker, but {Shown(other.Value)} on {tracker}; set the same value on all trackers";
            return difference;
        }

        return null;
    }

    /// <summary>Returns true if this tracker, not the other one, has to give way when their settings differ.</summary>
    /// <param name="members">The number of trackers in this one's cluster; 0 = it is not in a cluster.</param>
    /// <param name="self">This tracker, as host:port.</param>
    /// <param name="tracker">The other tracker, as host:port.</param>
    /// <param name="theirs">The other tracker's message with its settings.</param>
    public bool GiveWay(int members, string self, string tracker, Membership theirs)
    {
        var others = theirs.IsIn ? theirs.Members : 0;
        var size = theirs.Settings.Take(Most).FirstOrDefault(setting => setting.Name == Size)?.Value;
        var expected = int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return members != others ? members < others
            : _expected != expected ? _expected < expected
            : string.CompareOrdinal(self, tracker) > 0;
    }

    private static string Shown(string value) => VisibleText.Clean(value.Length > 20 ? value[..20] : value);

    private static string CountOf(string size) =>
        size == "0" ? "no particular number of trackers" : $"{Shown(size)} tracker{(size == "1" ? "" : "s")}";

    // The members of a cluster may know each other's secrets, but a log or a packet capture should not reveal them.
    private static ByteString DigestOf(AccessKey? key) =>
        key is null ? ByteString.Empty : ByteString.CopyFrom(key.TrackerProof("tsp-cluster"u8, [], default));
}
