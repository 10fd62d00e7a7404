using TspActors.Peer.Diagnosis;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Checks everything that the peer needs, and advises the user.</summary>
internal sealed class DoctorCommand() : ConsoleCommand(
    "doctor", "doctor", "check everything that this peer needs, and say how to fix what is wrong")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        var examination = PeerChecks.Examine(console.Peer, portFinding: null, isFresh: false);
        await foreach (var finding in examination.RunAsync(cancellation).ConfigureAwait(false))
        {
            findings.Add(finding);
            foreach (var line in FindingText.Lines(finding, console.Screen.WrapWidth))
                console.Screen.Result(line);
        }

        console.Screen.Note(FindingText.Summary(findings));
    }
}
