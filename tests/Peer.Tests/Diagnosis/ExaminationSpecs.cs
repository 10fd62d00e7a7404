using TspActors.Peer.Diagnosis;
using TspActors.Playback;

namespace TspActors.Peer.Tests.Diagnosis;

/// <summary>Checks how checks are run.</summary>
public sealed class ExaminationSpecs
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock = new();

    [Fact]
    public async Task Findings_come_in_the_order_of_the_checks()
    {
        var second = new TaskCompletionSource<Finding>();
        var results = Examine(new Check("one", _ => second.Task), new Check("two", _ =>
        {
            second.SetResult(Finding.Ok("one", "after two has begun"));
            return Task.FromResult(Finding.Ok("two", "well"));
        }));

        Assert.Equal(["one", "two"], (await results).Select(finding => finding.Check));
    }

    [Fact]
    public async Task A_check_that_exceeds_its_deadline_is_a_problem_and_does_not_affect_the_others()
    {
        var fast = new Check("fast", _ => Task.FromResult(Finding.Ok("fast", "well")));
        var slow = new Check("slow", async cancellation =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return Finding.Ok("slow", "never");
        });
        await using var findings = new Examination([fast, slow], Deadline, _clock).RunAsync().GetAsyncEnumerator();

        Assert.True(await findings.MoveNextAsync());
        Assert.Equal(Finding.Ok("fast", "well"), findings.Current);
        var next = findings.MoveNextAsync().AsTask();
        await _clock.RunUntil(next);

        Assert.True(await next);
        var found = findings.Current;
        Assert.Equal(("slow", FindingState.Problem, "no result within 30 s"), (found.Check, found.State, found.Detail));
    }

    [Fact]
    public async Task A_check_that_ignores_its_cancellation_is_abandoned()
    {
        var never = new TaskCompletionSource<Finding>();
        var results = Examine(new Check("stuck", _ => never.Task));
        await _clock.RunUntil(results);

        Assert.Equal(FindingState.Problem, Assert.Single(await results).State);
    }

    [Fact]
    public async Task A_check_that_fails_is_a_problem_with_the_reason()
    {
        var found = Assert.Single(await Examine(new Check("broken", _ => throw new IOException("no such device"))));

        Assert.Equal(("broken", FindingState.Problem), (found.Check, found.State));
        Assert.Contains("no such device", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_fault_of_a_check_ends_the_examination()
    {
        var findings = await Examine(
            new Check("device", _ => throw new AudioUnavailableException("There is no sound device \"USB\".")),
            new Check("bug", _ => throw new InvalidOperationException("unexpected")),
            new Check("last", _ => Task.FromResult(Finding.Ok("last", "well"))));

        Assert.Equal(
            [("device", FindingState.Problem), ("bug", FindingState.Problem), ("last", FindingState.Ok)],
            findings.Select(finding => (finding.Check, finding.State)));
        Assert.Contains("There is no sound device \"USB\".", findings[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_examination_ends()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        var examination = new Examination([new Check("one", _ => new TaskCompletionSource<Finding>().Task)], Deadline, _clock);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var finding in examination.RunAsync(cancellation.Token))
                Assert.Fail(finding.Detail);
        });
    }

    private async Task<List<Finding>> Examine(params Check[] checks)
    {
        var findings = new List<Finding>();
        await foreach (var finding in new Examination(checks, Deadline, _clock).RunAsync())
            findings.Add(finding);
        return findings;
    }

    private sealed class Check(string name, Func<CancellationToken, Task<Finding>> run) : ICheck
    {
        public string Name => name;

        public Task<Finding> RunAsync(CancellationToken cancellation) => run(cancellation);
    }
}
