namespace TspActors.Peer.Terminal;

/// <summary>Waits for a reply only while the user is not typing, so that a slow reply does not hold up typing.</summary>
internal static class KeyWait
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    // Nobody notices a wait of a tenth of a second. It lets a quick reply arrive before a key pressed right after Tab is handled.
    private const int MinSteps = 5;

    /// <summary>Waits until a task has completed or a key is waiting.</summary>
    /// <param name="task">The task. It must have a deadline.</param>
    /// <param name="isKeyWaiting">Returns whether the user has pressed a key that has not been read yet.</param>
    /// <returns>Whether the task has completed.</returns>
    public static bool Until(Task task, Func<bool> isKeyWaiting)
    {
        for (var step = 0; Task.WaitAny([task], Step) < 0; step++)
        {
            if (step >= MinSteps && isKeyWaiting())
                return false;
        }

        return true;
    }
}
