"""Load: the force under the foot, joint moments and powers, tendon and muscle force, and how they add up."""
