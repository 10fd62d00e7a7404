using System.Globalization;
using Google.Protobuf;
using TspActors.Media.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The file that stores digests of the resume secrets, so that a peer still owns its id at its trackers after a restart.</summary>
/// <remarks>
/// Each line contains one tracker's host and port, and the digest of its secret. Lines in any other format are dropped.
/// </remarks>
/// <param name="path">The file. Only this user can read it.</param>
/// <param name="warn">Called with the reason when the file cannot be read or written.</param>
internal sealed class ResumeSecretFile(string path, Action<string> warn)
{
    private const int LongestLine = 400;

    /// <summary>Reads the digests.</summary>
    /// <param name="most">The maximum number of digests to read.</param>
    public Dictionary<TrackerAddress, ByteString> Read(int most)
    {
        var secrets = new Dictionary<TrackerAddress, ByteString>();
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length > (long)most * LongestLine)
                return secrets;
            foreach (var line in File.ReadLines(path).Take(most))
            {
                if (line.Split(' ') is [var host, var port, { Length: 2 * ResumeSecret.Size } hex]
                    && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && hex.All(char.IsAsciiHexDigit))
                    secrets[new TrackerAddress(host, number)] = ByteString.CopyFrom(Convert.FromHexString(hex));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            warn($"could not read {path}: {error.Message}");
        }

        return secrets;
    }

    /// <summary>Replaces the digests in the file.</summary>
    public void Write(IReadOnlyDictionary<TrackerAddress, ByteString> secrets)
    {
        try
        {
            PrivateFile.Replace(path, string.Concat(secrets.Select(
                entry => $"{entry.Key.Host} {entry.Key.Port} {Convert.ToHexStringLower(entry.Value.Span)}\n")));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            warn($"could not write {path}: {error.Message}");
        }
    }
}
