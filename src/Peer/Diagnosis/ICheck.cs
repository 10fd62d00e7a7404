namespace TspActors.Peer.Diagnosis;

/// <summary>A check of one thing that a peer needs.</summary>
internal interface ICheck
{
    /// <summary>The name of the check, in one word.</summary>
    string Name { get; }

    /// <summary>Runs the check. It may block its thread.</summary>
    Task<Finding> RunAsync(CancellationToken cancellation);
}

/// <summary>A check whose result is known before it runs.</summary>
/// <param name="finding">The result.</param>
internal sealed class KnownFinding(Finding finding) : ICheck
{
    /// <inheritdoc/>
    public string Name => finding.Check;

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellation) => Task.FromResult(finding);
}
