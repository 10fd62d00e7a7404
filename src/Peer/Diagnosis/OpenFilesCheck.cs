using TspActors.Transport;

namespace TspActors.Peer.Diagnosis;

/// <summary>Checks whether the operating system lets this peer open enough files and sockets.</summary>
/// <param name="limit">The limit on open files; int.MaxValue if it is unknown.</param>
/// <param name="connections">The number of connections that the limit allows.</param>
internal sealed class OpenFilesCheck(long limit, int connections) : ICheck
{
    private const string Check = "files";
    private const long Enough = 1024;

    /// <summary>Creates the check for this process.</summary>
    public OpenFilesCheck()
        : this(OpenFileLimit.Value, OpenFileLimit.Connections)
    {
    }

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellation) => Task.FromResult(limit switch
    {
        >= int.MaxValue => Finding.Ok(Check, "the limit on open files is unknown"),
        < Enough => Finding.Warning(
            Check, $"at most {limit} open files, so at most {connections} connections",
            "raise the limit: ulimit -n 4096, or LimitNOFILE=4096 in a systemd unit"),
        _ => Finding.Ok(Check, $"at most {limit} open files, so at most {connections} connections"),
    });
}
