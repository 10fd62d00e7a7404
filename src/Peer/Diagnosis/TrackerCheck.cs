using TspActors.Peer.Tracking;

namespace TspActors.Peer.Diagnosis;

/// <summary>Checks whether a tracker accepts this peer, and how the tracker has proved its identity.</summary>
internal sealed class TrackerCheck(LinkWatch link, TrackerTrust trust) : ICheck
{
    private const string Check = "tracker";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellation)
    {
        var status = await link.WaitAsync(each => each.Connected, cancellation).ConfigureAwait(false);
        return Judge(status, trust.Describe(status));
    }

    /// <summary>Returns the finding for the state of the link.</summary>
    public static Finding Judge(LinkStatus status, (string Text, bool IsSecure) trust)
    {
        if (!status.Connected)
            return Finding.Problem(
                Check, $"{status.Tracker}: {status.Detail}", "check the address (--tracker), and ask the tracker's owner whether it is running");
        var detail = $"{status.Detail} at {status.Tracker}, {trust.Text}";
        return trust.IsSecure
            ? Finding.Ok(Check, detail)
            : Finding.Warning(Check, detail, "others can read this connection; to use TLS, update the tracker or change your settings");
    }
}
