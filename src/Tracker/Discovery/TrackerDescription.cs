using System.Security.Cryptography;
using TspActors.Protocol;
using TspActors.Protocol.Mdns;

namespace TspActors.Tracker.Discovery;

/// <summary>Describes a tracker for its local networks.</summary>
internal static class TrackerDescription
{
    private const int Digits = 8;

    /// <summary>
    /// Returns the description. The addresses, and whether peers need a key, are not included yet because both may change.
    /// </summary>
    /// <param name="settings">The tracker's settings.</param>
    /// <param name="port">The port on which the tracker listens.</param>
    /// <param name="key">The id of the tracker's key; null = the tracker does not accept TLS.</param>
    /// <remarks>
    /// The host gets a name of its own, because the machine's name belongs to another responder, such as avahi, which may announce
    /// different addresses for it.
    /// </remarks>
    public static TrackerAnnouncement Describe(TrackerSettings settings, int port, KeyId? key) => new(
        settings.Name, DnsName.From($"tsp-{RandomNumberGenerator.GetHexString(Digits, lowercase: true)}", MdnsNames.Domain), port)
    {
        KeyId = key,
        Encryption = settings.Encryption switch
        {
            TrackerEncryption.Off => AnnouncedEncryption.Off,
            TrackerEncryption.Require => AnnouncedEncryption.Require,
            _ => AnnouncedEncryption.Accept,
        },
    };
}
